import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { type SwarmConfig } from '../../../src/api/swarm-config.ts';
import { installSwarm, OperatorUnderTest } from '../../support/operator-under-test.ts';
import { testCluster } from '../../support/test-cluster.ts';
import { waitFor } from '../../support/wait-for.ts';
import { PluginUnderTest } from './plugin-under-test.ts';

interface Examination {
  readonly ok: boolean;
  readonly findings: readonly {
    readonly check: string;
    readonly ok: boolean;
    readonly message: string;
    readonly fix?: string;
  }[];
}

describe('kubectl swarm sets a namespace up', () => {
  const cluster = testCluster();
  const namespace = `setup-${randomBytes(3).toString('hex')}`;
  const kubectl = cluster.kubectl.in(namespace);
  let plugin: PluginUnderTest;
  let operator: OperatorUnderTest;
  let folder: string;

  beforeAll(async () => {
    await installSwarm(cluster);
    await cluster.kubectl.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    folder = await mkdtemp(join(tmpdir(), 'swarm-plugin-'));
    plugin = new PluginUnderTest(cluster, namespace);
    operator = await OperatorUnderTest.start(cluster, { namespace });
  });

  afterAll(async () => {
    await operator.stop();
    await cluster.kubectl.run('delete', 'namespace', namespace, '--wait=false');
    await rm(folder, { recursive: true });
  });

  const examine = async (...flags: readonly string[]): Promise<Examination> => {
    const { stdout } = await plugin.swarm('doctor', '-o', 'json', ...flags);
    return JSON.parse(stdout) as Examination;
  };

  it('doctor says what is missing and how to mend it', async () => {
    const { exitCode, stdout } = await plugin.swarm('doctor');

    expect(exitCode).toBe(1);
    expect(stdout).toContain(`there is no ServiceAccount swarm-runner in namespace ${namespace}`);
    expect(stdout).toContain(`→ kubectl swarm init -n ${namespace}\n`);
  });

  it('init --dry-run prints what it would make, without the key, and makes nothing', async () => {
    const { exitCode, stdout } = await plugin.call({
      args: [
        'init',
        '--dry-run',
        '--model',
        'qwen3',
        '--base-url',
        'http://vllm.models.svc:8000/v1',
        '--model-key-stdin',
      ],
      input: 'very-secret\n',
    });

    expect(exitCode).toBe(0);
    const kinds = parseAllDocuments(stdout).map((document) => (document.toJS() as { kind: string }).kind);
    expect(kinds).toEqual(['ServiceAccount', 'Role', 'RoleBinding', 'Role', 'RoleBinding', 'SwarmConfig']);
    expect(stdout).not.toContain('very-secret');
    await kubectl.pipe(stdout, 'apply', '--dry-run=server', '-f', '-');
    expect(await kubectl.exists('serviceaccount', 'swarm-runner')).toBe(false);
  });

  it('init gives the agents their rights, the operator its settings, and doctor is content', async () => {
    const { exitCode, stdout, stderr } = await plugin.swarm('init', '--yes');
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toContain('serviceaccount/swarm-runner created\n');
    expect(stdout).toContain('swarmconfig.swarm.mlops.dev/default created\n');

    const examination = await waitFor(
      'doctor finds nothing broken',
      async () => {
        const latest = await examine();
        return latest.ok && latest;
      },
      { withinMs: 60_000, everyMs: 1_000, explain: () => operator.tail() },
    );

    const checks = examination.findings.map(({ check }) => check);
    for (const check of ['kubeconfig', 'API server', 'kinds', 'operator', 'rights to turns', 'stream', 'ModelReady']) {
      expect(checks).toContain(check);
    }
    const answer = await plugin.swarm('ask', 'Which pipelines can I run?');
    expect(answer.exitCode, answer.stderr).toBe(0);
  });

  it('init leaves what exists as it is, but for a key that was just given', async () => {
    const { stdout, stderr } = await plugin.call({
      args: ['init', '--model', 'qwen3', '--base-url', 'http://vllm.models.svc:8000/v1'],
      environment: { SWARM_MODEL_KEY: 'very-secret' },
    });

    expect(stdout).toContain('secret/swarm-model created\n');
    expect(stdout).toContain('swarmconfig.swarm.mlops.dev/default exists, left as it is\n');
    expect(stdout + stderr).not.toContain('very-secret');
    const config = await kubectl.get<SwarmConfig>('swarmconfig', 'default');
    expect(config.spec.model?.provider).toBe('builtin');
    const secret = await kubectl.get<{ data: Record<string, string>; metadata: { annotations: object } }>(
      'secret',
      'swarm-model',
    );
    expect(Buffer.from(secret.data['api-key'] ?? '', 'base64').toString()).toBe('very-secret');
    expect(secret.metadata.annotations).toMatchObject({ 'swarm.mlops.dev/allowed-hosts': 'vllm.models.svc' });
  });

  it('doctor tells a person without rights which ones are missing', async () => {
    const { ok, findings } = await examine('--as', 'mallory', '--as-group', 'system:authenticated');

    expect(ok).toBe(false);
    const rights = findings.find(({ check }) => check === 'rights to turns');
    expect(rights).toMatchObject({
      ok: false,
      message: `you may not get, list, watch, create, patch, approve turns.swarm.mlops.dev in namespace ${namespace}`,
      fix: `kubectl create rolebinding swarm-user --clusterrole=edit --user=mallory -n ${namespace}`,
    });
  });

  it('follows that advice: with the role edit the same person gets an answer', async () => {
    await kubectl.run('create', 'rolebinding', 'swarm-user', '--clusterrole=edit', '--user=mallory');

    const answer = await waitFor(
      'the person gets an answer',
      async () => {
        const run = await plugin.swarm('ask', 'Which pipelines can I run?', '--as', 'mallory');
        return run.exitCode === 0 && run;
      },
      { withinMs: 30_000, everyMs: 1_000 },
    );

    expect(answer.stdout).not.toBe('');
  });

  it('doctor names a backend that does not answer, as the operator found it', async () => {
    await kubectl.run(
      'patch',
      'swarmconfig',
      'default',
      '--type=merge',
      '-p',
      JSON.stringify({
        spec: { backends: { kfp: { url: 'http://127.0.0.1:9', auth: 'None' } } },
      }),
    );

    const finding = await waitFor(
      'doctor reports Kubeflow Pipelines',
      async () => (await examine()).findings.find(({ check, ok }) => check === 'KfpReady' && !ok),
      { withinMs: 60_000, everyMs: 1_000 },
    );

    expect(finding.fix).toBe(`kubectl edit swarmconfig default -n ${namespace}`);
  });

  it('installs what kubectl needs to complete its words', async () => {
    const { exitCode, stdout } = await plugin.swarm('completion', 'install', '--dir', folder);

    expect(exitCode).toBe(0);
    const file = join(folder, 'kubectl_complete-swarm');
    expect(stdout).toBe(`${file}\n`);
    expect(await readFile(file, 'utf8')).toMatch(/^#!\/bin\/sh\n[^]*exec kubectl-swarm __complete "\$@"\n$/);
  });
});
