import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SwarmConfig } from '../../../src/api/swarm-config.ts';
import { type KfpSimulator, startKfpSimulator } from '../../kfp/simulator/start-kfp-simulator.ts';
import { OperatorUnderTest } from '../../support/operator-under-test.ts';
import { projectRoot, testCluster } from '../../support/test-cluster.ts';
import { Story } from '../story.ts';
import { PluginUnderTest } from './plugin-under-test.ts';
import { keys, TerminalUnderTest } from './terminal-under-test.ts';

describe('kubectl swarm and runs', () => {
  const cluster = testCluster();
  let kfp: KfpSimulator;
  let operator: OperatorUnderTest;
  let story: Story;
  let plugin: PluginUnderTest;
  let folder: string;
  /** Names of two Kubeflow runs that have ended. */
  let runs: readonly string[];

  beforeAll(async () => {
    story = await Story.begin(cluster, 'cliruns', () => operator.tail());
    operator = await OperatorUnderTest.start(cluster, { namespace: story.namespace, advertisesStream: true });
    plugin = new PluginUnderTest(cluster, story.namespace);
    folder = await mkdtemp(join(tmpdir(), 'swarm-plots-'));
    kfp = await startKfpSimulator({
      namespace: story.namespace,
      tickMs: 100,
      settings: {
        stepMs: 200,
        reportMs: 30,
        scripts: { 'train-and-evaluate': { evaluate: { metrics: { metrics: { accuracy: 0.9312, loss: 0.21 } } } } },
      },
    });
    await upload('train_and_evaluate', 'forecast');
    await story.kubectl.apply(
      story.object('SwarmConfig', 'default', {
        model: { provider: 'builtin' },
        backends: { kfp: { url: kfp.url, auth: 'None', metadataURL: `http://${kfp.mlmdAddress}` } },
      }),
    );
    await story.until('Kubeflow Pipelines is found fine', async () => {
      const { status } = await story.kubectl.get<SwarmConfig>('swarmconfig', 'default');
      return status?.conditions?.some(({ type, status: state }) => type === 'KfpReady' && state === 'True') === true;
    });
    runs = [await train(), await train()];
  });

  afterAll(async () => {
    await story.end();
    await operator.stop();
    await kfp.close();
    await rm(folder, { recursive: true });
  });

  const upload = async (file: string, name: string) => {
    const form = new FormData();
    const text = await readFile(`${projectRoot}/test/kfp/recorded/pipelines/${file}.yaml`);
    form.append('uploadfile', new Blob([text]), `${file}.yaml`);
    const answer = await fetch(`${kfp.url}/apis/v2beta1/pipelines/upload?name=${name}`, { method: 'POST', body: form });
    expect(answer.status).toBe(200);
  };

  /** @returns the name of the run. */
  const train = async (): Promise<string> => {
    const question = 'Run the Kubeflow pipeline forecast and wait for it';
    const { exitCode, stdout, stderr } = await plugin.swarm('ask', question, '--approve', 'run_pipeline', '-o', 'json');
    expect(exitCode, stderr).toBe(0);
    const turn = JSON.parse(stdout) as { status: { pipelineRuns: { name: string }[] } };
    return turn.status.pipelineRuns[0]?.name ?? '';
  };

  it('lists the runs that conversations started', async () => {
    const { stdout } = await plugin.swarm('runs');

    expect(stdout).toMatch(/^NAME +PIPELINE +STATE/);
    for (const run of runs) expect(stdout).toMatch(new RegExp(`kfp/${run} +forecast +Succeeded`));
  });

  it('U26: compares two runs in a table', async () => {
    const { exitCode, stdout, stderr } = await plugin.swarm('compare', ...runs);

    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/accuracy +0\.9312? +0\.9312?/);
  });

  it('lists what a run produced', async () => {
    const { exitCode, stdout, stderr } = await plugin.swarm('artifacts', runs[0] ?? '');

    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/model/i);
  });

  it('draws the metrics of a run, in the terminal and as files', async () => {
    const drawn = await plugin.swarm('plot', runs[0] ?? '');
    expect(drawn.exitCode, drawn.stderr).toBe(0);
    expect(drawn.stdout).toContain('accuracy');

    const svg = join(folder, 'metrics.svg');
    const png = join(folder, 'metrics.png');
    const written = [
      await plugin.swarm('plot', runs[0] ?? '', '--out', svg),
      await plugin.swarm('plot', runs[0] ?? '', '--out', png),
    ];

    expect(written.map(({ exitCode, stderr }) => ({ exitCode, stderr }))).toMatchObject([
      { exitCode: 0 },
      { exitCode: 0 },
    ]);
    expect(await readFile(svg, 'utf8')).toMatch(/^<svg[^]*accuracy/);
    expect((await readFile(png)).subarray(1, 4).toString()).toBe('PNG');
  });

  it('shows the steps of a run of Tekton with the rights of the person who watches', async () => {
    const asked = await plugin.swarm('ask', 'Run the Tekton pipeline hello', '--approve', 'run_pipeline');
    expect(asked.exitCode, asked.stderr).toBe(0);
    const names = await plugin.swarm('runs', '-o', 'name');
    const run = /^tekton\/.*$/m.exec(names.stdout)?.[0] ?? '';

    const { exitCode, stdout, stderr } = await plugin.swarm('watch', run);

    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/✓ swarm-\S+ \(hello\) .*\n└─ ✓ greet/);
  });

  it('asks a person at the keyboard before a risky call, and takes Enter for no', async () => {
    const before = (await story.pipelineRuns()).length;
    const terminal = new TerminalUnderTest({
      program: `${projectRoot}/bin/kubectl-swarm`,
      args: ['ask', 'Run the Tekton pipeline hello', '-n', story.namespace],
      columns: 80,
      environment: { KUBECONFIG: cluster.kubeconfig, HOME: process.env['HOME'] ?? '' },
    });

    await terminal.see('Approve? [y/N]');
    terminal.type(keys.enter);
    const { exitCode } = await terminal.exit;

    expect(exitCode).toBe(3);
    expect(await story.pipelineRuns()).toHaveLength(before);
  });
});
