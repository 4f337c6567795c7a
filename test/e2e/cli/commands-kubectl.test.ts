import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installSwarm } from '../../support/operator-under-test.ts';
import { kubectlProgram, projectRoot, testCluster } from '../../support/test-cluster.ts';
import { PluginUnderTest } from './plugin-under-test.ts';

const run = promisify(execFile);

describe('kubectl with the plugin in PATH', () => {
  const cluster = testCluster();
  const namespace = `kubectl-${randomBytes(3).toString('hex')}`;
  const kubectl = cluster.kubectl.in(namespace);
  let folder: string;
  let environment: NodeJS.ProcessEnv;

  beforeAll(async () => {
    await installSwarm(cluster);
    await cluster.kubectl.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    await kubectl.apply({
      apiVersion: 'swarm.mlops.dev/v1alpha1',
      kind: 'Conversation',
      metadata: { name: 'churn-of-november' },
      spec: {},
    });
    folder = await mkdtemp(join(tmpdir(), 'swarm-path-'));
    await symlink(`${projectRoot}/bin/kubectl-swarm`, join(folder, 'kubectl-swarm'));
    await new PluginUnderTest(cluster, namespace).swarm('completion', 'install', '--dir', folder);
    const path = [folder, dirname(kubectlProgram()), process.env['PATH']].join(delimiter);
    environment = { ...process.env, PATH: path, KUBECONFIG: cluster.kubeconfig };
  });

  afterAll(async () => {
    await cluster.kubectl.run('delete', 'namespace', namespace, '--wait=false');
    await rm(folder, { recursive: true });
  });

  const call = async (...words: readonly string[]) => (await run(kubectlProgram(), words, { env: environment })).stdout;

  it('U21: prints help that says kubectl swarm', async () => {
    const help = await call('swarm');

    expect(help).toMatch(/^Usage: kubectl swarm \[command\] \[flags\]\n/);
    expect(help).toMatch(/^ {2}chat \[name\] \[prompt\.\.\.\] +Talk to the agents/m);
    expect(await call('swarm', 'approve', '--help')).toMatch(/^Usage: kubectl swarm approve \[options\] <name>\n/);
    expect(await call('swarm', 'help', 'exit-codes')).toMatch(/ 130 {2}Interrupted/);
  });

  it('U21: completes commands and names of the cluster through kubectl’s own completion', async () => {
    expect(await call('__complete', 'swarm', 'cha')).toMatch(/^chat\t.*\n:4\n/);
    expect(await call('__complete', 'swarm', 'show', '-n', namespace, 'chu')).toMatch(/^churn-of-november\n?.*:4\n/s);
  });

  it('hands the exit code on', async () => {
    await expect(call('swarm', 'show', 'nobody', '-n', namespace)).rejects.toMatchObject({ code: 1 });
    await expect(call('swarm', 'ls', '-n', namespace, '--as', 'mallory')).rejects.toMatchObject({ code: 5 });
  });
});
