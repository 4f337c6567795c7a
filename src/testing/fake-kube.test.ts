import { expect, test } from 'vitest';
import { type KubeObject, type ResourceType } from '../kube/kube-client.ts';
import { resourceTypes } from '../kube/resource-types.ts';
import { FakeKube } from './fake-kube.ts';
import { describeKubeClient } from '../../test/integration/runtime/kube-client-contract.ts';

describeKubeClient('FakeKube', () =>
  Promise.resolve({ client: new FakeKube(), namespace: 'team-a', close: () => Promise.resolve() }),
);

const widget: ResourceType = { group: 'test.dev', version: 'v1', plural: 'widgets', kind: 'Widget', namespaced: true };

interface Widget extends KubeObject {
  readonly metadata: KubeObject['metadata'] & { readonly generation?: number };
  readonly spec?: object;
  readonly status?: object;
}

const aWidget: Widget = { metadata: { name: 'w', namespace: 'team-a' }, spec: { size: 1 } };

test('spec and status are written by different doors, and only the spec counts generations', async () => {
  const kube = new FakeKube();
  const created = await kube.create<Widget>(widget, { ...aWidget, status: { ready: true } });
  expect(created.status).toBeUndefined();
  const reported = await kube.replaceStatus<Widget>(widget, { ...created, spec: { size: 9 }, status: { ready: true } });
  expect(reported).toMatchObject({ spec: { size: 1 }, status: { ready: true }, metadata: { generation: 1 } });
  const resized = await kube.replace<Widget>(widget, { ...reported, spec: { size: 2 }, status: {} });
  expect(resized).toMatchObject({ spec: { size: 2 }, status: { ready: true }, metadata: { generation: 2 } });
});

test('a fault refuses a request, or loses the answer of one that was carried out', async () => {
  const kube = new FakeKube();
  const isCreate = ({ verb }: { verb: string }) => verb === 'create';
  kube.fail({ matches: isCreate, error: new Error('refused') });
  await expect(kube.create(widget, aWidget)).rejects.toThrow('refused');
  expect(kube.all(widget)).toHaveLength(0);
  kube.fail({ matches: isCreate, error: new Error('lost'), afterExecution: true });
  await expect(kube.create(widget, aWidget)).rejects.toThrow('lost');
  expect(kube.all(widget)).toHaveLength(1);
});

test('a watch from before a compaction is answered with 410', async () => {
  const kube = new FakeKube();
  kube.seed(widget, aWidget);
  kube.compact();
  const query = { resourceVersion: '0', timeoutSeconds: 30 };
  const lines = kube.watch(widget, query, new AbortController().signal)[Symbol.asyncIterator]();
  await expect(lines.next()).rejects.toMatchObject({ status: 410 });
});

test('requests are noted with who made them', async () => {
  const kube = new FakeKube();
  await kube.get(resourceTypes.pod, { namespace: 'team-a', name: 'p' }, { impersonate: 'jane' });
  expect(kube.requests).toEqual([{ verb: 'get', plural: 'pods', namespace: 'team-a', name: 'p', impersonate: 'jane' }]);
});

test('logs are those of the container, from the end', async () => {
  const kube = new FakeKube();
  const pod = { namespace: 'team-a', name: 'p' };
  kube.setLogs(pod, 'step-train', 'one\ntwo\nthree');
  expect(await kube.logs(pod, { container: 'step-train', tailLines: 2 })).toBe('two\nthree');
  await expect(kube.logs(pod, { container: 'other' })).rejects.toMatchObject({ status: 404 });
});
