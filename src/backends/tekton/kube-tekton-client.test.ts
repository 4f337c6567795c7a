import { describe, expect, test } from 'vitest';
import { KubeApiError } from '../../kube/errors.ts';
import type { KubeObject } from '../../kube/kube-client.ts';
import { resourceTypes } from '../../kube/resource-types.ts';
import { FakeKube } from '../../testing/fake-kube.ts';
import { createKubeTektonClient } from './kube-tekton-client.ts';
import type { NewRun } from './new-run.ts';
import { recordedObjects } from './recorded/recorded-objects.ts';
import type { TektonScope } from './tekton-client.ts';

const scope: TektonScope = {
  namespace: 'default',
  serviceAccountName: 'swarm-runner',
  signal: new AbortController().signal,
};
const newRun: NewRun = {
  effectKey: 'abcdefghijklmnopqrstuvwxyz',
  pipeline: 'churn-train',
  parameters: [{ name: 'epochs', value: '20' }],
  argumentsDigest: 'sha256:00',
  turn: 'churn-1-x',
  owner: { apiVersion: 'swarm.mlops.dev/v1alpha1', kind: 'Conversation', name: 'churn', uid: 'uid-1' },
};

function setUp() {
  const kube = new FakeKube();
  return { kube, tekton: createKubeTektonClient(kube) };
}

interface Manifest extends KubeObject {
  readonly metadata: KubeObject['metadata'] & {
    readonly annotations?: Record<string, string>;
    readonly ownerReferences?: readonly object[];
    readonly finalizers?: readonly string[];
  };
  readonly spec: { readonly status?: string };
}

describe('Tekton through the Kubernetes API', () => {
  test('a run is created under the name of its decision, owned, labelled and nothing else', async () => {
    const { kube, tekton } = setUp();
    await tekton.createRun(newRun, scope);
    const [run] = kube.all<Manifest>(resourceTypes.pipelineRun);
    expect(run).toMatchObject({
      metadata: {
        name: 'swarm-abcdefghijklmnopqrstuvwxyz',
        namespace: 'default',
        labels: { 'swarm.mlops.dev/turn': 'churn-1-x', 'swarm.mlops.dev/effect': 'abcdefghijklmnopqrstuvwxyz' },
        annotations: { 'swarm.mlops.dev/arguments-digest': 'sha256:00' },
        ownerReferences: [{ kind: 'Conversation', name: 'churn', uid: 'uid-1', controller: true }],
      },
    });
    expect(run?.metadata.finalizers).toBeUndefined();
    expect(run?.spec).toEqual({ pipelineRef: { name: 'churn-train' }, params: [{ name: 'epochs', value: '20' }] });
  });

  test('a dry run keeps nothing, and a name that is taken is said to be', async () => {
    const { kube, tekton } = setUp();
    expect(await tekton.createRun(newRun, scope, { dryRun: true })).toMatchObject({ kind: 'created' });
    expect(kube.all(resourceTypes.pipelineRun)).toEqual([]);
    await tekton.createRun(newRun, scope);
    expect(await tekton.createRun(newRun, scope)).toEqual({ kind: 'taken' });
  });

  test('every request is made as the run-as ServiceAccount of the namespace', async () => {
    const { kube, tekton } = setUp();
    kube.seed(resourceTypes.pipelineRun, recordedObjects.failedRun);
    const uid = recordedObjects.failedRun.metadata.uid ?? '';
    await tekton.listPipelines(scope);
    await tekton.getPipeline('x', scope);
    await tekton.listRuns(scope);
    await tekton.getRun('x', scope);
    await tekton.listTaskRuns({ name: 'x', uid: 'x' }, scope);
    await tekton.createRun(newRun, scope);
    await tekton.cancelRun({ name: 'failing-1', uid }, 'Cancelled', scope);
    await tekton.getPod('x', scope);
    await tekton.listEvents('x', scope);
    await tekton.readLog({ pod: 'x', container: 'step-x', tailLines: 1 }, scope);
    expect(kube.requests).toHaveLength(10);
    expect(new Set(kube.requests.map(({ impersonate }) => impersonate))).toEqual(
      new Set(['system:serviceaccount:default:swarm-runner']),
    );
    expect(new Set(kube.requests.map(({ namespace }) => namespace))).toEqual(new Set(['default']));
  });

  test('cancelling touches this very run and no later one of its name', async () => {
    const { kube, tekton } = setUp();
    const { uid = '' } = kube.seed(resourceTypes.pipelineRun, recordedObjects.failedRun).metadata;
    await expect(tekton.cancelRun({ name: 'failing-1', uid: 'other' }, 'Cancelled', scope)).rejects.toThrow();
    expect(kube.all<Manifest>(resourceTypes.pipelineRun)[0]?.spec.status).toBeUndefined();
    await tekton.cancelRun({ name: 'failing-1', uid }, 'StoppedRunFinally', scope);
    expect(kube.all<Manifest>(resourceTypes.pipelineRun)[0]?.spec.status).toBe('StoppedRunFinally');
    await tekton.cancelRun({ name: 'gone', uid: 'x' }, 'Cancelled', scope);
  });

  test('reads what Tekton writes: pipeline, run, tasks, pods, events', async () => {
    const { kube, tekton } = setUp();
    kube.seed(resourceTypes.pipeline, recordedObjects.pipeline);
    kube.seed(resourceTypes.pipelineRun, recordedObjects.trainedRun);
    kube.seed(resourceTypes.pipelineRun, recordedObjects.failedRun);
    kube.seed(resourceTypes.taskRun, recordedObjects.failedTaskRun);
    kube.seed(resourceTypes.pod, recordedObjects.failedPod);
    kube.seed({ ...resourceTypes.event, group: '', version: 'v1' }, recordedObjects.failedEvent);

    expect(await tekton.getPipeline('churn-train', scope)).toMatchObject({
      parameters: [
        { name: 'dataset', type: 'string', default: 'churn.csv' },
        { name: 'epochs', type: 'string', default: '20' },
        { name: 'learning-rate', type: 'string', default: '0.001' },
      ],
      tasks: [
        { name: 'prepare', after: [] },
        { name: 'train', after: ['prepare'] },
        { name: 'evaluate', after: ['train'] },
      ],
    });
    expect(await tekton.getRun('churn-train-1', scope)).toMatchObject({
      state: 'Succeeded',
      pipeline: 'churn-train',
      source: 'name',
      parameters: [{ name: 'epochs', value: '30' }],
      results: expect.arrayContaining([{ name: 'accuracy', value: '0.8413' }]) as unknown[],
    });
    const failed = await tekton.getRun('failing-1', scope);
    expect(failed).toMatchObject({ state: 'Failed', reason: 'Failed' });
    expect(await tekton.listTaskRuns(failed ?? { name: '', uid: '' }, scope)).toMatchObject([
      { task: 'check', reason: 'StepFailed', steps: [{ name: 'read-data', state: 'Failed', exitCode: 3 }] },
    ]);
    expect(await tekton.listTaskRuns({ name: 'failing-1', uid: 'an-earlier-one' }, scope)).toEqual([]);
    expect(await tekton.getPod('failing-1-check-pod', scope)).toMatchObject({ phase: 'Failed' });
    expect(await tekton.listEvents('failing-1', scope)).toMatchObject([{ type: 'Warning', reason: 'Failed' }]);
  });

  test('lists every page, newest first', async () => {
    const { kube, tekton } = setUp();
    for (let index = 0; index < 600; index += 1) {
      const metadata = { name: `run-${index}`, namespace: 'default' };
      const creationTimestamp = new Date(Date.UTC(2026, 0, 1, 0, index)).toISOString();
      kube.seed(resourceTypes.pipelineRun, { metadata: { ...metadata, creationTimestamp } as KubeObject['metadata'] });
    }
    const { runs, complete } = await tekton.listRuns(scope);
    expect(runs).toHaveLength(600);
    expect(complete).toBe(true);
    expect(runs[0]?.name).toBe('run-599');
    expect(kube.requests.length).toBeGreaterThan(1);
  });

  test('a run that the controller has not seen yet is pending', async () => {
    const { kube, tekton } = setUp();
    kube.seed(resourceTypes.pipelineRun, { metadata: { name: 'new', namespace: 'default' } });
    expect(await tekton.getRun('new', scope)).toMatchObject({ state: 'Pending', source: 'inline', pipeline: '' });
  });

  test('logs: text, a pod that is gone, a container that has not started', async () => {
    const { kube, tekton } = setUp();
    const query = { pod: 'p', container: 'step-a', tailLines: 2 };
    expect(await tekton.readLog(query, scope)).toEqual({ kind: 'gone' });
    kube.setLogs({ namespace: 'default', name: 'p' }, 'step-a', 'one\ntwo\nthree');
    expect(await tekton.readLog(query, scope)).toEqual({ kind: 'text', text: 'two\nthree' });
    kube.fail({
      matches: ({ verb }) => verb === 'logs',
      error: new KubeApiError({ status: 400, reason: 'BadRequest', message: 'container is waiting to start' }),
    });
    expect(await tekton.readLog(query, scope)).toEqual({
      kind: 'unavailable',
      reason: 'container is waiting to start',
    });
  });

  test.each([
    { status: 0, reason: '', expected: { name: 'RetryableError', reason: 'TektonUnavailable' } },
    {
      status: 429,
      reason: 'TooManyRequests',
      retryAfterMs: 3_000,
      expected: { name: 'RetryableError', retryAfterMs: 3_000 },
    },
    { status: 500, reason: 'InternalError', expected: { name: 'RetryableError' } },
    { status: 409, reason: 'Conflict', expected: { name: 'RetryableError' } },
    { status: 401, reason: 'Unauthorized', expected: { name: 'TerminalError', reason: 'Unauthorized' } },
    { status: 404, reason: 'NotFound', expected: { name: 'TerminalError', reason: 'TektonNotInstalled' } },
    { status: 403, reason: 'Forbidden', expected: { name: 'TektonRefusedError', code: 'Forbidden' } },
    { status: 422, reason: 'Invalid', expected: { name: 'TektonRefusedError', code: 'Rejected' } },
    { status: 400, reason: 'BadRequest', expected: { name: 'TektonRefusedError', code: 'Rejected' } },
  ])('an answer $status $reason becomes $expected.name', async ({ status, reason, retryAfterMs, expected }) => {
    const { kube, tekton } = setUp();
    const answer = { status, reason, message: 'said no', ...(retryAfterMs !== undefined && { retryAfterMs }) };
    kube.fail({ matches: () => true, error: new KubeApiError(answer), times: 2 });
    await expect(tekton.listRuns(scope)).rejects.toMatchObject(expected);
    await expect(tekton.createRun(newRun, scope)).rejects.toMatchObject(expected);
  });
});
