import { describe, expect, test } from 'vitest';
import type { KfpNode, KfpTaskLog } from '../../../backends/kfp/kfp-facts.ts';
import type { KfpTask } from '../../../backends/kfp/kfp-objects.ts';
import { kfpWorld } from '../../../testing/kfp-world.ts';
import { createKfpAgent } from '../kfp-agent.ts';

const kfpAgentWorld = () => kfpWorld(createKfpAgent);

function aTask(task: Partial<KfpTask> & Pick<KfpTask, 'name'>): KfpTask {
  return { displayName: task.name, state: 'Succeeded', isCached: false, attempts: 1, after: [], ...task };
}

function aLog(task: string, text: string, more: Partial<KfpTaskLog & { kind: 'text' }> = {}): KfpTaskLog {
  return { kind: 'text', task, podName: `pod-${task}`, source: 'pod', text, isCut: false, ...more };
}

describe('get_run', () => {
  test('tells state, parameters with defaults, and every task', async () => {
    const { kfp, call } = kfpAgentWorld();
    const times = { startedAt: '2026-03-08T08:00:10Z', finishedAt: '2026-03-08T08:00:20Z' };
    const tasks = [
      aTask({ name: 'prepare', isCached: true }),
      aTask({ name: 'train', state: 'Failed', attempts: 2, after: ['prepare'], message: 'exit code 1', ...times }),
      aTask({ name: 'publish', state: 'Omitted' }),
    ];
    kfp.updateRun('exp-12', {}, { tasks });
    expect(await call('get_run', { run: 'exp-12' })).toMatchObject({
      summary:
        'Run exp-12 of churn-train with epochs=9, learning_rate=0.1, data=a.csv failed after 10 min; ' +
        'tasks: prepare from the cache, train failed 10 s, publish not begun.',
      data: {
        run: { name: 'exp-12', state: 'Failed', version: 'v1', durationSeconds: 600 },
        parameters: { data: 'a.csv', epochs: '9', learning_rate: '0.1' },
        tasks: [
          { name: 'prepare', cached: true },
          {
            name: 'train',
            state: 'Failed',
            attempts: 2,
            message: 'exit code 1',
            durationSeconds: 10,
            after: ['prepare'],
          },
          { name: 'publish', state: 'Omitted' },
        ],
      },
      untrusted: true,
    });
  });

  test('tells of an end that was taken back', async () => {
    const { kfp, call } = kfpAgentWorld();
    kfp.updateRun('exp-11', { state: 'Running', rawState: 'RUNNING', note: 'It had succeeded and is running again' });
    expect(await call('get_run', { run: 'exp-11' })).toMatchObject({
      summary: expect.stringMatching(/is running since .*It had succeeded and is running again\.$/) as string,
      data: { run: { state: 'Running', note: 'It had succeeded and is running again' } },
    });
  });

  test.each([
    [{ rawState: 'CANCELING' }, 'is being stopped'],
    [{ rawState: 'PAUSED' }, 'is paused'],
    [{ state: 'Pending' as const, rawState: '' }, 'is pending'],
    [{ state: 'Cancelled' as const, rawState: 'FAILED' }, 'was cancelled'],
  ])('%j reads: %s', async (changes, words) => {
    const { kfp, call } = kfpAgentWorld();
    kfp.updateRun('exp-13', changes);
    expect(await call('get_run', { run: 'exp-13' })).toMatchObject({
      summary: expect.stringContaining(words) as string,
    });
  });

  test('a run whose pipeline was deleted still tells what it was given', async () => {
    const { kfp, call } = kfpAgentWorld();
    kfp.addRun({ name: 'orphan', pipeline: { pipelineId: 'gone', versionId: 'gone-v1' }, parameters: { lr: 0.5 } });
    expect(await call('get_run', { run: 'orphan' })).toMatchObject({
      data: { run: { pipeline: '(deleted pipeline)' }, parameters: { lr: '0.5' } },
    });
  });
});

describe('diagnose_run', () => {
  test('explains in one sentence where, how and why', async () => {
    const { kfp, call } = kfpAgentWorld();
    const node: KfpNode = {
      ...{ id: 'w-1', path: 'w.train', type: 'Pod', templateName: 'system-container-impl', phase: 'Failed' },
      ...{ message: 'main: Error (exit code 1)', task: 'train', attempt: 0, depth: 4, exitCode: 1 },
      role: 'executor',
      isCached: false,
    };
    kfp.updateRun(
      'exp-12',
      {},
      {
        tasks: [aTask({ name: 'train', state: 'Failed' }), aTask({ name: 'publish', state: 'Omitted' })],
        facts: { failures: [node] },
        logs: [aLog('train', 'Traceback (most recent call last):\nKeyError: "label"\n')],
      },
    );
    expect(await call('diagnose_run', { run: 'exp-12' })).toMatchObject({
      summary:
        'Run exp-12 of churn-train failed after 10 min; cause UserException in task train with exit code 1: KeyError: "label"; 1 task not begun (publish).',
      untrusted: true,
    });
    expect(await call('diagnose_run', { run: 'exp-11' })).toMatchObject({
      summary: 'Run exp-11 of churn-train succeeded after 10 min; nothing is wrong with it.',
    });
  });
});

describe('get_run_logs', () => {
  test('gives the log of all tasks, or of one by either of its names', async () => {
    const { kfp, call } = kfpAgentWorld();
    kfp.updateRun(
      'exp-12',
      {},
      {
        tasks: [aTask({ name: 'prepare' }), aTask({ name: 'train', displayName: 'Train the model' })],
        logs: [aLog('prepare', 'a\nb\n'), aLog('train', 'epoch 1\nepoch 2\n', { source: 'archive' })],
      },
    );
    expect(await call('get_run_logs', { run: 'exp-12' })).toMatchObject({
      summary: 'Log of run exp-12: prepare: 2 lines; train: 2 lines from the archive.',
      data: { logs: [{ lines: ['a', 'b'] }, { state: 'archived', lines: ['epoch 1', 'epoch 2'] }] },
      untrusted: true,
    });
    for (const task of ['train', 'TRAIN THE MODEL']) {
      expect(await call('get_run_logs', { run: 'exp-12', task })).toMatchObject({
        data: { logs: [{ task: 'train' }] },
      });
    }
    expect(await call('get_run_logs', { run: 'exp-12', grep: 'EPOCH 2' })).toMatchObject({
      data: { logs: [{ lines: [] }, { lines: ['epoch 2'] }] },
    });
    expect(await call('get_run_logs', { run: 'exp-12', tailLines: 1 })).toMatchObject({
      data: { logs: [{ lines: ['b'] }, { lines: ['epoch 2'] }] },
    });
  });

  test('stays within what a model is shown; the end is what stays', async () => {
    const { kfp, call } = kfpAgentWorld();
    const text = Array.from({ length: 3_000 }, (_, index) => `line ${index}`).join('\n');
    kfp.updateRun('exp-12', {}, { logs: [aLog('train', text), aLog('prepare', text)] });
    const result = await call('get_run_logs', { run: 'exp-12', tailLines: 3_000 });
    expect(JSON.stringify(result).length).toBeLessThan(8_192);
    expect(JSON.stringify(result)).toContain('line 2999');
    expect(result).toMatchObject({ summary: expect.stringContaining('earlier ones left out') as string });
  });

  test('says why a log is not there', async () => {
    const { kfp, call } = kfpAgentWorld();
    const gone = { kind: 'unavailable', task: 'train', podName: 'p', reason: 'The pod was deleted.' } as const;
    kfp.updateRun('exp-12', {}, { logs: [gone] });
    expect(await call('get_run_logs', { run: 'exp-12' })).toMatchObject({
      summary: 'Log of run exp-12: train: The pod was deleted.',
    });
  });

  test('does not take logs that it may not read for logs that are not there', async () => {
    const { kfp, call } = kfpAgentWorld();
    kfp.updateRun('exp-12', {}, { facts: { unreadable: ['The account may not list Workflows.'] } });
    expect(await call('get_run_logs', { run: 'exp-12' })).toMatchObject({
      code: 'LogsUnreadable',
      message: 'The logs of run exp-12 cannot be read: The account may not list Workflows.',
    });
  });

  test.each([
    [{ run: 'exp-12', task: 'trian' }, 'NotFound', 'Did you mean train?'],
    [{ run: 'exp-12' }, 'NoLogs', 'diagnose_run'],
    [{ run: 'exp-13' }, 'NoLogsYet', 'later'],
  ])('%j is answered', async (input, code, hint) => {
    const { kfp, call } = kfpAgentWorld();
    kfp.updateRun('exp-12', {}, { tasks: [aTask({ name: 'train' })] });
    expect(await call('get_run_logs', input)).toMatchObject({ code, hint: expect.stringContaining(hint) as string });
  });
});

const classification = {
  name: 'metrics',
  task: 'evaluate',
  confusionMatrix: {
    labels: ['stay', 'leave'],
    rows: [
      { label: 'stay', counts: [80, 5] },
      { label: 'leave', counts: [5, 10] },
    ],
  },
  rocCurve: [
    { threshold: 0.9, falsePositiveRate: 0, truePositiveRate: 0.5 },
    { threshold: 0.1, falsePositiveRate: 0.5, truePositiveRate: 1 },
  ],
};

function measuredWorld() {
  const world = kfpAgentWorld();
  const scalars = [
    { name: 'val_f1', value: 0.8123456, task: 'evaluate' },
    { name: 'loss', value: 0.3, task: 'train' },
  ];
  world.kfp.updateRun('exp-11', {}, { metrics: { scalars, classifications: [classification] } });
  return world;
}

describe('get_run_metrics', () => {
  test('tells all numbers with their tasks', async () => {
    expect(await measuredWorld().call('get_run_metrics', { run: 'exp-11' })).toMatchObject({
      summary:
        'Run exp-11 reported val_f1 0.8123 (evaluate), loss 0.3 (train), accuracy 0.9 (evaluate), auc 0.875 (evaluate).',
      data: { classifications: [{ task: 'evaluate', classes: ['stay', 'leave'], accuracy: 0.9, auc: 0.875 }] },
      untrusted: true,
    });
  });

  test.each([
    ['F1', 'val_f1 0.8123'],
    ['accuracy', 'accuracy 0.9'],
    ['val-f1', 'val_f1 0.8123'],
  ])('%s alone', async (metric, expected) => {
    const result = await measuredWorld().call('get_run_metrics', { run: 'exp-11', metric });
    expect(result).toMatchObject({ summary: `Run exp-11 reported ${expected}.` });
  });

  test.each([
    [{ run: 'exp-11', metric: 'recall' }, 'NotFound', 'It reported: val_f1, loss, accuracy, auc.'],
    [{ run: 'exp-12' }, 'NoMetrics', 'Metrics output'],
    [{ run: 'exp-13' }, 'NoMetricsYet', 'Wait'],
  ])('%j is answered', async (input, code, hint) => {
    const result = await measuredWorld().call('get_run_metrics', input);
    expect(result).toMatchObject({ code, hint: expect.stringContaining(hint) as string });
  });
});

describe('compare_runs', () => {
  test('names differences, numbers and the best', async () => {
    const { kfp, call } = measuredWorld();
    kfp.updateRun('exp-12', {}, { metrics: { scalars: [{ name: 'loss', value: 0.2, task: 'train' }] } });
    expect(await call('compare_runs', { runs: ['exp-11', 'exp-12'], metrics: ['loss'] })).toMatchObject({
      summary: 'Runs exp-11 and exp-12 differ in epochs (3, 9); loss 0.3, 0.2 (best: exp-12).',
      data: {
        runs: ['exp-11', 'exp-12'],
        states: ['Succeeded', 'Failed'],
        metrics: [{ name: 'loss', values: [0.3, 0.2], best: 'exp-12', direction: 'lower is better' }],
      },
    });
  });

  test('tells runs of one name apart by their ids', async () => {
    const { kfp, call } = measuredWorld();
    kfp.addRun({ name: 'twin', id: 'id-1' });
    kfp.addRun({ name: 'twin', id: 'id-2' });
    expect(await call('compare_runs', { runs: ['id-1', 'id-2'] })).toMatchObject({
      data: { runs: ['twin (id-1)', 'twin (id-2)'] },
    });
  });
});

describe('list_run_artifacts', () => {
  const model = { name: 'model', type: 'Model', uri: 's3://ml/m', task: 'train', metadata: {}, sizeBytes: 5 };

  test('names what was produced, with its place', async () => {
    const { kfp, call } = kfpAgentWorld();
    kfp.updateRun('exp-11', {}, { artifacts: [model] });
    expect(await call('list_run_artifacts', { run: 'exp-11' })).toMatchObject({
      summary: 'Run exp-11 produced 1 artifact: model (Model of train, s3://ml/m).',
      data: { artifacts: [{ name: 'model', type: 'Model', uri: 's3://ml/m', task: 'train', sizeBytes: 5 }] },
      untrusted: true,
    });
  });

  test.each([
    ['exp-12', 'Run exp-12 produced no artifacts.'],
    ['exp-13', 'Run exp-13 has not produced any artifact yet.'],
  ])('%s has none', async (run, summary) => {
    expect(await kfpAgentWorld().call('list_run_artifacts', { run })).toMatchObject({ summary });
  });
});

describe('visualize_run', () => {
  test.each([
    ['confusion_matrix', 'Confusion matrix of run exp-11, task evaluate: 2 classes, accuracy 0.9.'],
    ['roc', 'ROC curve of run exp-11; area under the curve: evaluate 0.875.'],
    ['metrics', 'Metrics of run exp-11: val_f1 0.8123, loss 0.3, accuracy 0.9, auc 0.875.'],
  ])('%s', async (kind, summary) => {
    expect(await measuredWorld().call('visualize_run', { run: 'exp-11', kind })).toMatchObject({
      summary,
      data: { specification: { $schema: expect.stringContaining('vega-lite') as string } },
      untrusted: true,
    });
  });

  const uri = 's3://ml/run/feature_importance.csv';
  const artifact = { name: 'report', type: 'Artifact', uri, task: 'train', metadata: {} };
  test.each([
    ['a metric', { metrics: { scalars: [{ name: 'importance/age', value: 0.5, task: 'train' }] } }],
    ['an output', { metrics: { outputs: [{ task: 'train', name: 'feature_importance', value: { age: 0.5 } }] } }],
    ['metadata', { artifacts: [{ ...artifact, metadata: { feature_importances: '{"age": 0.5}' } }] }],
    ['a file', { artifacts: [artifact] }],
  ])('feature importances are found in %s', async (_name, remains) => {
    const { kfp, call } = kfpAgentWorld();
    kfp.addObject(uri, 'feature,importance\nage,0.5\n');
    kfp.updateRun('exp-11', {}, remains);
    expect(await call('visualize_run', { run: 'exp-11', kind: 'feature_importance' })).toMatchObject({
      summary: 'Of 1 features in run exp-11 these mattered most: age (0.5).',
    });
  });

  test.each(['confusion_matrix', 'roc', 'metrics', 'feature_importance'])('%s of a silent run', async (kind) => {
    const result = await kfpAgentWorld().call('visualize_run', { run: 'exp-12', kind });
    expect(result).toMatchObject({ kind: 'error', code: 'NothingToDraw' });
  });
});
