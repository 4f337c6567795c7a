import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kinds } from '../../src/api/group.ts';
import { reinstallSwarm } from '../support/operator-under-test.ts';
import { createTeamNamespace, type TeamNamespace } from '../support/team-namespace.ts';
import { projectRoot, testCluster } from '../support/test-cluster.ts';
import { waitFor } from '../support/wait-for.ts';
import { createSystemNamespace, loadOperatorImage, podsRun, removeSwarm, systemNamespace } from './bare-cluster.ts';
import { dashboardExpressions, alertExpressions, metricNames } from './expressions.ts';
import { chart, Helm, must } from './programs.ts';
import { deniedRequests, grantedRights, usedRights } from './requests.ts';
import { useEveryRight } from './every-right.ts';

interface Pod {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
  readonly spec: { readonly serviceAccountName: string };
  readonly status: {
    readonly podIP?: string;
    readonly containerStatuses?: readonly { readonly ready: boolean; readonly restartCount: number }[];
  };
}

interface Conversation {
  readonly metadata: { readonly uid: string };
  readonly status?: { readonly reply?: { readonly text: string }; readonly phase?: string };
}

const cluster = testCluster();
const system = cluster.kubectl.in(systemNamespace);
const silent = ['swarm_stream_events_total', 'workqueue_retries_total'];
const release = ['swarm', chart, '--namespace', systemNamespace, '--wait', '--timeout', '180s'] as const;

/** What is seen of a release by those who installed it; every step builds upon the one before. */
describe.runIf(podsRun()).each(['helm4', 'helm3'] as const)('installed with %s on a real node', (version) => {
  let helm: Helm;
  let team: TeamNamespace;
  let firstAnswer: Conversation;
  let installedAt: Date;

  beforeAll(async () => {
    helm = new Helm(version, cluster.kubeconfig);
    await loadOperatorImage();
    await removeSwarm(cluster);
    await createSystemNamespace(cluster);
  }, 300_000);

  afterAll(async () => {
    await helm.run('uninstall', 'swarm', '--namespace', systemNamespace, '--wait');
    await team.remove();
    await removeSwarm(cluster);
    await reinstallSwarm(cluster);
  }, 300_000);

  const operatorPods = async () =>
    (await system.list<Pod>('pods', '-l', 'app.kubernetes.io/name=swarm-operator')).filter(
      ({ metadata }) => metadata.deletionTimestamp === undefined,
    );

  async function answered(name: string, text: string): Promise<Conversation> {
    const spec = { messages: [{ text }] };
    await team.kubectl.apply({
      apiVersion: 'swarm.mlops.dev/v1alpha1',
      kind: 'Conversation',
      metadata: { name },
      spec,
    });
    return waitFor(
      `${name} is answered`,
      async () => {
        const conversation = await team.kubectl.get<Conversation>('conversation', name);
        return conversation.status?.reply !== undefined && conversation;
      },
      { withinMs: 60_000, explain: () => system.run('logs', 'deployment/swarm-operator', '--tail=30') },
    );
  }

  test('it comes up as a pod in a namespace that takes restricted pods alone, without a warning', async () => {
    installedAt = new Date();
    const { output, complaints } = await helm.must('install', ...release);
    expect(output).toContain('kubectl swarm ask');
    expect(output).not.toContain('WARNING');
    expect(complaints).not.toMatch(/warning/i);
    const [pod, ...others] = await operatorPods();
    expect(others).toEqual([]);
    expect(pod).toMatchObject({
      spec: { serviceAccountName: 'swarm-operator' },
      status: { containerStatuses: [{ ready: true, restartCount: 0 }] },
    });
  });

  test('it answers a Conversation, with the rights of its own ServiceAccount', async () => {
    team = await createTeamNamespace(cluster.kubectl, 'packaging');
    await team.kubectl.run('apply', '-f', `${projectRoot}/hack/test-bed/samples`);
    firstAnswer = await answered('first', 'Which pipelines can I run?');
    expect(firstAnswer.status?.reply?.text).toContain('churn-train');
  });

  test.each([
    ['forward', /pods\/swarm-operator-[\w-]+\/portforward\S* .*101/],
    ['proxy', /services\/https%3Aswarm-stream%3Astream\/proxy\S* 200/],
  ])('the plugin reads the events of a turn from the pod: %s', async (way, request) => {
    const ask = ['ask', 'Run the pipeline hello and wait for it to end.', '--approve', 'run_pipeline', '-o', 'jsonl'];
    const flags = ['--namespace', team.name, '--kubeconfig', cluster.kubeconfig, '--stream', way, '-v', '6'];
    const { output, complaints } = await must(join(projectRoot, 'bin/kubectl-swarm'), [...ask, ...flags]);
    const events = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { readonly type: string; readonly phase?: string });
    expect(complaints).toMatch(request);
    expect(events.at(-1)).toMatchObject({ type: 'done', phase: 'Succeeded' });
    expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(['tool_call', 'run_progress', 'message']));
  });

  test('helm test passes', async () => {
    const { output } = await helm.must('test', 'swarm', '--namespace', systemNamespace, '--logs', '--timeout', '120s');
    for (const line of ['the kinds are served', 'the operator is ready', 'a Conversation would be taken']) {
      expect(output).toContain(`ok: ${line}`);
    }
    expect(output).not.toContain('FAILED');
  });

  test('every metric of the dashboards and alerts is served, and those of the dashboards have data', async () => {
    const path = `/api/v1/namespaces/${systemNamespace}/services/swarm-operator-metrics:metrics/proxy/metrics`;
    const page = await waitFor(
      'a watch has been resumed, which counts',
      async () => {
        const text = await cluster.kubectl.run('get', '--raw', path);
        return text.includes('swarm_watch_resumes_total{') && text;
      },
      { withinMs: 90_000, everyMs: 2_000 },
    );
    const declared = new Set([...page.matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name));
    const measured = new Set(
      [...page.matchAll(/^([a-z_]\w*?)(?:_bucket|_sum|_count)?[{ ]/gm)].map(([, name = '']) => name),
    );
    const shown = metricNames(dashboardExpressions());
    const alerted = metricNames(alertExpressions());
    expect(shown.length).toBeGreaterThan(15);
    expect(alerted.length).toBeGreaterThan(6);
    expect([...shown, ...alerted].filter((name) => !declared.has(name))).toEqual([]);
    // Nobody reads the stream of a turn here, and nothing had to be tried again.
    expect(shown.filter((name) => !measured.has(name) && !silent.includes(name))).toEqual([]);
  });

  test('an upgrade keeps the objects, and the new pod goes on with them', async () => {
    const [before] = await operatorPods();
    await helm.must('upgrade', ...release, '--set', 'operator.logLevel=debug');
    const [after, ...others] = await waitFor(
      'the new pod is alone',
      async () => {
        const pods = await operatorPods();
        return pods.length === 1 && pods;
      },
      { withinMs: 60_000 },
    );
    expect(others).toEqual([]);
    expect(after?.metadata.name).not.toBe(before?.metadata.name);
    const kept = await team.kubectl.get<Conversation>('conversation', 'first');
    expect(kept.metadata.uid).toBe(firstAnswer.metadata.uid);
    expect(kept.status?.reply).toEqual(firstAnswer.status?.reply);
    expect((await answered('second', 'Which pipelines can I run?')).status?.reply?.text).toContain('churn-train');
  });

  test.runIf(version === 'helm4')('it asks for every right that it has, and for none that it lacks', async () => {
    await useEveryRight({
      cluster,
      team,
      restart: () => system.run('rollout', 'restart', 'deployment/swarm-operator'),
    });
    await waitFor(
      'every right has been used',
      () => Promise.resolve(grantedRights().every((right) => usedRights(cluster, installedAt).has(right))),
      { withinMs: 120_000, everyMs: 2_000, explain: () => unusedRights().join('\n') },
    );
    expect([...usedRights(cluster, installedAt)].filter((right) => !grantedRights().includes(right))).toEqual([]);
    expect(deniedRequests(cluster, installedAt)).toEqual([]);
  });

  test('what is taken away leaves kinds and objects, and comes back to them', async () => {
    await helm.must('uninstall', 'swarm', '--namespace', systemNamespace, '--wait');
    await waitFor('the pod is gone', async () => (await operatorPods()).length === 0, { withinMs: 60_000 });
    for (const { plural, group } of Object.values(kinds)) {
      expect(await cluster.kubectl.exists('crd', `${plural}.${group}`)).toBe(true);
    }
    expect((await team.kubectl.get<Conversation>('conversation', 'first')).metadata.uid).toBe(firstAnswer.metadata.uid);
    await helm.must('install', ...release);
    expect((await answered('third', 'Which pipelines can I run?')).status?.reply?.text).toContain('churn-train');
  });

  const unusedRights = () => grantedRights().filter((right) => !usedRights(cluster, installedAt).has(right));
});
