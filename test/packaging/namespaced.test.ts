import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Kubectl } from '../support/kubectl.ts';
import { reinstallSwarm } from '../support/operator-under-test.ts';
import { createTeamNamespace, type TeamNamespace } from '../support/team-namespace.ts';
import { projectRoot, testCluster } from '../support/test-cluster.ts';
import { waitFor } from '../support/wait-for.ts';
import { loadOperatorImage, podsRun, removeSwarm } from './bare-cluster.ts';
import { chart, Helm, testBed } from './programs.ts';

const cluster = testCluster();
const user = 'alice';

/** Alice administers one namespace. The cluster's administrator has installed the kinds and given her swarm-installer there. */
describe.runIf(podsRun())('an installation for one namespace by somebody without rights in the cluster', () => {
  let team: TeamNamespace;
  let alice: Kubectl;
  let helm: Helm;

  beforeAll(async () => {
    await loadOperatorImage();
    await removeSwarm(cluster);
    await cluster.kubectl.run('apply', '--server-side', '-k', `${projectRoot}/config/crd`);
    for (const file of ['users', 'installer']) {
      await cluster.kubectl.run('apply', '-f', `${projectRoot}/config/rbac/${file}.yaml`);
    }
    team = await createTeamNamespace(cluster.kubectl, 'own', { 'pod-security.kubernetes.io/enforce': 'restricted' });
    for (const role of ['admin', 'swarm-installer']) {
      await team.kubectl.run('create', 'rolebinding', role, `--clusterrole=${role}`, `--user=${user}`);
    }
    const kubeconfig = join(dirname(cluster.kubeconfig), `users/${user}.kubeconfig`);
    alice = new Kubectl({ program: testBed('kubectl'), kubeconfig, namespace: team.name });
    helm = new Helm('helm4', kubeconfig);
    await waitFor(
      'the roles are aggregated',
      async () => (await alice.run('auth', 'can-i', 'create', 'conversations').catch(() => 'no')).trim() === 'yes',
      { withinMs: 60_000 },
    );
  }, 300_000);

  afterAll(async () => {
    await helm.run('uninstall', 'swarm', '--namespace', team.name, '--wait');
    await team.remove();
    await removeSwarm(cluster);
    await reinstallSwarm(cluster);
  }, 300_000);

  const install = () => {
    const values = ['--set', 'crds.enabled=false', '--set', `rbac.namespaces={${team.name}}`];
    return helm.must('install', 'swarm', chart, '--namespace', team.name, ...values, '--wait', '--timeout', '180s');
  };
  // Of all pods: one that lacks a right does not become ready and does not take the place of the one before.
  const log = () => alice.run('logs', '-l', 'app.kubernetes.io/name=swarm-operator', '--tail=-1');

  test('she may not install it for the cluster', async () => {
    const { code, complaints } = await helm.run('install', 'swarm', chart, '--namespace', team.name);
    expect(code).not.toBe(0);
    expect(complaints).toContain('forbidden');
    await helm.run('uninstall', 'swarm', '--namespace', team.name);
  });

  test('she installs it with rbac.namespaces, and it answers', async () => {
    const { output } = await install();
    expect(output).toContain(`serves ${team.name}`);
    await alice.apply({
      apiVersion: 'swarm.mlops.dev/v1alpha1',
      kind: 'Conversation',
      metadata: { name: 'own' },
      spec: { messages: [{ text: 'Which pipelines can I run?' }] },
    });
    await alice.run('wait', '--for=condition=Finished', 'conversation/own', '--timeout=60s');
    expect(await alice.run('get', 'conversation', 'own', '-o', 'jsonpath={.status.reply.text}')).not.toBe('');
  });

  test('helm test passes', async () => {
    const { output } = await helm.must('test', 'swarm', '--namespace', team.name, '--logs', '--timeout', '120s');
    expect(output.match(/^ok: /gm)).toHaveLength(3);
  });

  test('a right that is missing is reported with its name, once', async () => {
    const withoutRuns = readFileSync(`${projectRoot}/config/rbac/installer.yaml`, 'utf8')
      .replace('kind: ClusterRole', 'kind: Role')
      .replace('name: swarm-installer', 'name: swarm-operator-namespace')
      .replace(/.*\n.*apiGroups: \[tekton\.dev\]\n.*\n.*\n/, '');
    expect(withoutRuns).not.toContain('tekton.dev');
    await team.kubectl.apply(withoutRuns, '--server-side', '--force-conflicts');
    await alice.run('rollout', 'restart', 'deployment/swarm-operator');
    const refusals = async () =>
      (await log())
        .split('\n')
        .filter((line) => line.includes('A kind may not be watched') && line.includes('pipelineruns'));
    const [refusal] = await waitFor(
      'the refusal is in the log',
      async () => {
        const lines = await refusals();
        return lines.length > 0 && lines;
      },
      { withinMs: 60_000, everyMs: 1_000 },
    );
    expect(refusal).toContain('cannot list resource');
    const beganAt = performance.now();
    await waitFor('a while has passed', () => Promise.resolve(performance.now() - beganAt > 20_000), {
      withinMs: 40_000,
    });
    expect(await refusals()).toHaveLength(1);
  });
});
