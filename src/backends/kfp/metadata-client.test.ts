import { loadPackageDefinition, Server, ServerCredentials, status } from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { FakeKfpServer } from '../../testing/fake-kfp-server.ts';
import { FakeKube } from '../../testing/fake-kube.ts';
import { createKfpClient } from './create-kfp-client.ts';
import { metadataProtocol } from './metadata-proto.ts';
import { recordedAnswers } from './recorded/recorded-kfp.ts';
import { createSubmissionMemory } from './submission-memory.ts';

const options = { signal: AbortSignal.timeout(10_000) };
const runId = 'a3e05229-6594-4b64-acdd-4f1395f87d5d';

type Reply = (request: Record<string, unknown>) => object;
let server: Server | undefined;
afterEach(() => server?.forceShutdown());

/** A server that speaks the wire protocol; what it answers is up to the test. */
async function startStore(replies: Readonly<Record<string, Reply>>): Promise<string> {
  server = new Server();
  const definition = fromJSON(metadataProtocol, { longs: String });
  const packages = loadPackageDefinition(definition) as unknown as {
    ml_metadata: { MetadataStoreService: { service: Parameters<Server['addService']>[0] } };
  };
  const { service } = packages.ml_metadata.MetadataStoreService;
  const handlers = Object.entries(replies).map(([method, reply]) => [
    method,
    (call: { request: Record<string, unknown> }, done: (error: unknown, answer?: object) => void) => {
      try {
        done(null, reply(call.request));
      } catch (error) {
        done(error);
      }
    },
  ]);
  server.addService(service, Object.fromEntries(handlers) as never);
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
    if (error) reject(error);
    else resolve(bound);
  });
  return `http://127.0.0.1:${await promise}`;
}

function clientOf(metadataUrl: string | undefined, sizes: Readonly<Record<string, number>> = {}) {
  const clock = new FakeClock();
  const kfp = new FakeKfpServer({ kube: new FakeKube({ clock }), clock });
  kfp.on(`GET /runs/${runId}`, { body: { run_id: runId } });
  const { status: code, body } = recordedAnswers.unknownRoute;
  kfp.on('GET /artifacts', { status: code, body });
  const client = createKfpClient({
    url: 'http://kfp.test',
    namespace: 'kubeflow',
    fetch: kfp.fetch,
    clock: systemClock,
    random: () => 0,
    memory: createSubmissionMemory(systemClock),
    ...(metadataUrl !== undefined && { metadataUrl }),
    objects: {
      size: (uri) => Promise.resolve(sizes[uri]),
      read: ({ uri, maxBytes }) => Promise.resolve(new TextEncoder().encode(`content of ${uri}`).subarray(0, maxBytes)),
    },
  });
  return { client, kfp };
}

const text = (stringValue: string) => ({ stringValue });
const struct = (fields: object) => ({ structValue: { fields } });
const numbers = (...values: number[]) => ({ listValue: { values: values.map((numberValue) => ({ numberValue })) } });
const record = (fields: object) => ({ structValue: { fields } });

/** A run of two tasks: a model and a data set, metrics of both kinds, and an output parameter. */
const store: Readonly<Record<string, Reply>> = {
  GetContextByTypeAndName: ({ typeName, contextName }) =>
    typeName === 'system.PipelineRun' && contextName === runId ? { context: { id: '7', name: runId } } : {},
  GetExecutionsByContext: ({ contextId }) => ({
    executions:
      contextId !== '7'
        ? []
        : [
            { id: '10', type: 'system.DAGExecution', customProperties: { task_name: text('') } },
            { id: '11', type: 'system.ContainerExecution', customProperties: { task_name: text('train') } },
            {
              id: '12',
              type: 'system.ContainerExecution',
              customProperties: {
                task_name: text('evaluate'),
                display_name: text('Evaluate the model'),
                outputs: struct({ Output: { numberValue: 0.93 } }),
              },
            },
          ],
  }),
  GetEventsByExecutionIDs: ({ executionIds }) => {
    expect(executionIds).toEqual(['11', '12']);
    const output = (executionId: string, artifactId: string, key: string) => ({
      executionId,
      artifactId,
      type: 4,
      path: { steps: [{ key }] },
    });
    return {
      events: [
        output('11', '21', 'model'),
        output('12', '22', 'metrics'),
        output('12', '23', 'classes'),
        { executionId: '12', artifactId: '21', type: 3, path: { steps: [{ key: 'model' }] } },
      ],
    };
  },
  GetArtifactsByID: ({ artifactIds }) => {
    expect(artifactIds).toEqual(['21', '22', '23']);
    return {
      artifacts: [
        {
          id: '21',
          type: 'system.Model',
          uri: 'minio://mlpipeline/v2/artifacts/train/model',
          customProperties: { display_name: text('model'), framework: text('sklearn'), store_session_info: text('{}') },
        },
        {
          id: '22',
          type: 'system.Metrics',
          uri: 'minio://mlpipeline/v2/artifacts/evaluate/metrics',
          customProperties: {
            display_name: text('metrics'),
            accuracy: { doubleValue: 0.93 },
            samples: { intValue: '1200' },
            note: text('fine'),
          },
        },
        {
          id: '23',
          type: 'system.ClassificationMetrics',
          uri: '',
          customProperties: {
            confusionMatrix: struct({
              struct: record({
                annotationSpecs: {
                  listValue: {
                    values: [record({ displayName: text('stays') }), record({ displayName: text('leaves') })],
                  },
                },
                rows: { listValue: { values: [record({ row: numbers(80, 20) }), record({ row: numbers(7, 93) })] } },
              }),
            }),
            confidenceMetrics: struct({
              list: {
                listValue: {
                  values: [
                    record({
                      confidenceThreshold: { numberValue: 0.5 },
                      recall: { numberValue: 0.9 },
                      falsePositiveRate: { numberValue: 0.1 },
                    }),
                  ],
                },
              },
            }),
          },
        },
      ],
    };
  },
};

describe('ML Metadata', () => {
  test('tells what a run wrote, by task and name, with sizes from the object store', async () => {
    const { client } = clientOf(await startStore(store), { 'minio://mlpipeline/v2/artifacts/train/model': 2_048 });
    expect(await client.listArtifacts(runId, options)).toMatchObject([
      {
        name: 'model',
        type: 'Model',
        task: 'train',
        uri: 'minio://mlpipeline/v2/artifacts/train/model',
        sizeBytes: 2_048,
        metadata: { framework: 'sklearn' },
      },
      { name: 'metrics', type: 'Metrics', task: 'evaluate' },
      { name: 'classes', type: 'ClassificationMetrics', task: 'evaluate' },
    ]);
  });

  test('tells metrics: numbers, matrix, curve and output parameters', async () => {
    const { client } = clientOf(await startStore(store));
    expect(await client.getMetrics(runId, options)).toEqual({
      scalars: [
        { name: 'accuracy', value: 0.93, task: 'evaluate' },
        { name: 'samples', value: 1_200, task: 'evaluate' },
      ],
      classifications: [
        {
          name: 'classes',
          task: 'evaluate',
          confusionMatrix: {
            labels: ['stays', 'leaves'],
            rows: [
              { label: 'stays', counts: [80, 20] },
              { label: 'leaves', counts: [7, 93] },
            ],
          },
          rocCurve: [{ threshold: 0.5, falsePositiveRate: 0.1, truePositiveRate: 0.9 }],
        },
      ],
      outputs: [{ task: 'evaluate', name: 'Output', value: 0.93 }],
    });
  });

  test('knows nothing yet of a run that has just begun', async () => {
    const { client } = clientOf(await startStore({ ...store, GetContextByTypeAndName: () => ({}) }));
    await expect(client.listArtifacts(runId, options)).resolves.toEqual([]);
  });

  test('that is down is a matter of time', async () => {
    const { client } = clientOf('http://127.0.0.1:1');
    await expect(client.listArtifacts(runId, options)).rejects.toMatchObject({ reason: 'MetadataUnavailable' });
  });

  test('that refuses is for a person', async () => {
    const url = await startStore({
      GetContextByTypeAndName: () => {
        throw Object.assign(new Error('no'), { code: status.PERMISSION_DENIED, details: 'no access' });
      },
    });
    const { client } = clientOf(url);
    await expect(client.listArtifacts(runId, options)).rejects.toThrow(/no access.*backends\.kfp\.metadataURL/);
  });

  test('that is not set is named as the remedy', async () => {
    const { client } = clientOf(undefined);
    await expect(client.getMetrics(runId, options)).rejects.toThrow(/backends\.kfp\.metadataURL/);
  });

  test('is given up when the caller gives up', async () => {
    const controller = new AbortController();
    const url = await startStore({
      GetContextByTypeAndName: () => {
        controller.abort(new Error('shutting down'));
        return {};
      },
    });
    const { client } = clientOf(url);
    await expect(client.listArtifacts(runId, { signal: controller.signal })).rejects.toThrow('shutting down');
  });
});

describe('the newer artifacts route', () => {
  test('is used where it is there, and ML Metadata is not asked', async () => {
    const { client, kfp } = clientOf(undefined);
    kfp.on('GET /artifacts', { body: {} });
    kfp.on('GET /artifact_tasks', ({ query }) => ({
      body:
        query.get('run_ids') === runId
          ? {
              artifact_tasks: [
                { artifact_id: 'a1', type: 'OUTPUT', key: 'model', producer: { task_name: 'train' } },
                { artifact_id: 'a1', type: 'COMPONENT_INPUT', key: 'model', producer: { task_name: 'train' } },
                { artifact_id: 'a2', type: 'OUTPUT', key: 'metrics', producer: { task_name: 'evaluate' } },
              ],
            }
          : {},
    }));
    kfp.on('GET /artifacts/a1', { body: { artifact_id: 'a1', name: 'model', type: 'Model', uri: 's3://b/model' } });
    kfp.on('GET /artifacts/a2', { body: { artifact_id: 'a2', name: 'accuracy', type: 'Metric', number_value: 0.93 } });
    expect(await client.listArtifacts(runId, options)).toMatchObject([
      { name: 'model', type: 'Model', uri: 's3://b/model', task: 'train' },
      { name: 'metrics', type: 'Metrics', task: 'evaluate' },
    ]);
    expect(await client.getMetrics(runId, options)).toMatchObject({
      scalars: [{ name: 'accuracy', value: 0.93, task: 'evaluate' }],
    });
  });

  test('that refuses is there all the same', async () => {
    const { client, kfp } = clientOf(undefined);
    kfp.on('GET /artifacts', { status: 403, body: recordedAnswers.forbidden.body });
    kfp.on('GET /artifact_tasks', { body: {} });
    await expect(client.listArtifacts(runId, options)).resolves.toEqual([]);
  });
});

test('an artifact is read from the object store, no more of it than asked for', async () => {
  const { client } = clientOf(undefined);
  const bytes = await client.readArtifact({ uri: 's3://b/report', maxBytes: 7 }, options);
  expect(new TextDecoder().decode(bytes)).toBe('content');
});
