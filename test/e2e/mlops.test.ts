import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KnowledgeBase } from '../../src/api/knowledge-base.ts';
import type { Turn } from '../../src/api/turn.ts';
import { type FakeOpenAiServer, startFakeOpenAiServer } from '../../src/testing/fake-openai-server.ts';
import { createKfpWorld, type KfpWorld } from '../integration/kfp/kfp-world.ts';
import { putObjects, testObjectStore } from '../support/object-store.ts';
import { OperatorUnderTest } from '../support/operator-under-test.ts';
import { projectRoot, testCluster } from '../support/test-cluster.ts';
import { call, calling, found, say, scriptedTeam } from './scripted-team.ts';
import { Story } from './story.ts';

const customers = (rows: number) =>
  [
    'customer,months,churned',
    ...Array.from({ length: rows }, (_, row) => `c${row},${row % 48},${row % 5 === 0}`),
    '',
  ].join('\n');
const handbook =
  '# Releases\n\n## When is a model released?\n\nA model is released when its accuracy is at least 0.85.\n';

/** The work of a morning: data, a run on it, its metrics against the run before, and the rule for a release. */
const team = (bucket: string) =>
  scriptedTeam({
    ask_kfp: [
      call('ask_minio', { task: `Find the newest csv in ${bucket} and profile it.` }),
      call('ask_kfp', { task: 'Run forecast with epochs 7.' }),
      call('wait_for_run', (results) => ({ run: found(results, /run (forecast-[a-z2-7]+)/) })),
      call('ask_kfp', (results) => ({
        task: `Compare run ${found(results, /Run (forecast-[a-z2-7]+)/)} with forecast-before.`,
      })),
      call('ask_docs', { task: 'When is a model released?' }),
      say(
        (results) =>
          `Trained on ${found(results, /(churn\/\S+\.csv)/)}. ${found(results, /(A model is released[^\]]*\])/)}`,
      ),
    ],
    find_objects: [
      call('find_objects', { bucket, extension: 'csv' }),
      call('profile_dataset', (results) => ({ bucket, key: found(results, /(churn\/\S+?\.csv)/) })),
      say((results) => `The newest is ${found(results, /(churn\/\S+?\.csv)/)}; ${found(results, /(\d+) rows/)} rows.`),
    ],
    run_pipeline: [
      (_results, task) => {
        const [, run] = /Compare run (\S+) with/.exec(task) ?? [];
        if (run !== undefined) return calling('compare_runs', { runs: [run, 'forecast-before'] });
        return calling('run_pipeline', { pipeline: 'forecast', params: { epochs: 7 } });
      },
      say((results) => found(results, /"summary":"([^"]*)"/)),
    ],
    search_docs: [
      call('search_docs', { query: 'When is a model released?' }),
      say('A model is released when its accuracy is at least 0.85 [1].'),
    ],
  });

function callsOf(turns: readonly Turn[]): readonly string[] {
  const calls = turns.flatMap(({ status }) => status?.steps ?? []).flatMap((step) => step.calls ?? []);
  return calls.map(({ tool, outcome }) => `${tool} ${outcome?.state ?? 'open'}`);
}

describe('one turn through all agents', () => {
  const cluster = testCluster();
  const store = testObjectStore();
  let world: KfpWorld;
  let model: FakeOpenAiServer;
  let operator: OperatorUnderTest;
  let story: Story;

  beforeAll(async () => {
    world = await createKfpWorld({
      scripts: { 'train-and-evaluate': { evaluate: { metrics: { metrics: { accuracy: 0.91, loss: 0.2 } } } } },
    });
    await putObjects(store, world.bucket, { 'churn/old.csv': customers(20) });
    await putObjects(store, world.bucket, { 'churn/new.csv': customers(120) });
    story = await Story.begin(cluster, 'mlops', () => operator.tail());
    operator = await OperatorUnderTest.start(cluster, { namespace: story.namespace });
    model = await startFakeOpenAiServer({ script: team(world.bucket) });
    await configure();
    await earlierRun();
  });

  afterAll(async () => {
    await story.end();
    await operator.stop();
    await model.stop();
    await world.close();
  });

  const api = async <T>(path: string, init: RequestInit): Promise<T> => {
    const answer = await fetch(`${world.simulator.url}/apis/v2beta1${path}`, { method: 'POST', ...init });
    const text = await answer.text();
    expect(answer.status, text).toBe(200);
    return JSON.parse(text) as T;
  };

  const earlierRun = async () => {
    const form = new FormData();
    const file = await readFile(`${projectRoot}/test/kfp/recorded/pipelines/train_and_evaluate.yaml`);
    form.append('uploadfile', new Blob([file]), 'forecast.yaml');
    const { pipeline_id } = await api<{ pipeline_id: string }>('/pipelines/upload?name=forecast', { body: form });
    const parameters = { epochs: 2 };
    const run = {
      display_name: 'forecast-before',
      pipeline_version_reference: { pipeline_id },
      runtime_config: { parameters },
    };
    await api('/runs', { body: JSON.stringify(run) });
  };

  const configure = async () => {
    const secret = { accessKeyId: store.accessKeyId, secretAccessKey: store.secretAccessKey };
    const metadata = { name: 'swarm-object-store', annotations: { 'swarm.mlops.dev/allowed-hosts': '127.0.0.1' } };
    await story.kubectl.apply({ apiVersion: 'v1', kind: 'Secret', metadata, stringData: secret });
    await story.kubectl.apply({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'handbook' },
      data: { 'releases.md': handbook },
    });
    await story.kubectl.apply(
      story.object('KnowledgeBase', 'handbook', { sources: [{ name: 'team', configMap: { name: 'handbook' } }] }),
    );
    const { url, mlmdAddress } = world.simulator;
    await story.kubectl.apply(
      story.object('SwarmConfig', 'default', {
        model: { provider: 'openai', name: 'scripted', baseURL: model.baseURL },
        backends: {
          kfp: { url, auth: 'None', namespace: world.namespace, metadataURL: `http://${mlmdAddress}` },
          objectStore: { endpoint: store.endpoint, secretRef: { name: 'swarm-object-store' } },
        },
      }),
    );
    await story.until('the handbook is read', async () => {
      return (await story.kubectl.get<KnowledgeBase>('knowledgebase', 'handbook')).status?.phase === 'Ready';
    });
  };

  it('finds data, looks into it, runs a pipeline on approval, waits, compares and cites the rule', async () => {
    await story.say(
      'morning',
      'Train on the newest data, compare with the run before, and tell me whether it may be released.',
    );
    await story.approve('morning');
    const { status } = await story.answer('morning', 0);

    expect(status?.reply?.text).toMatch(/churn\/new\.csv/);
    expect(status?.reply?.text).toMatch(/at least 0\.85 \[\d+\]/);
    expect(status?.reply?.citations).toHaveLength(1);
    expect(status?.pipelineRuns).toMatchObject([
      { backend: 'kfp', pipeline: 'forecast', state: 'Succeeded', results: { accuracy: '0.91' } },
    ]);
    const tools = callsOf(await story.turns());
    expect(tools).toEqual([
      'ask_minio Succeeded',
      'find_objects Succeeded',
      'profile_dataset Succeeded',
      'ask_kfp Succeeded',
      'run_pipeline Succeeded',
      'wait_for_run Succeeded',
      'ask_kfp Succeeded',
      'compare_runs Succeeded',
      'ask_docs Succeeded',
      'search_docs Succeeded',
    ]);
  });
});
