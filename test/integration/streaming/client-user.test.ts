import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RequestRecord } from '../../../src/kube/connection-settings.ts';
import { type KubeObject } from '../../../src/kube/kube-client.ts';
import { resourceTypes } from '../../../src/kube/resource-types.ts';
import { waitFor } from '../../support/wait-for.ts';
import { ClientStreamWorld, podsRun } from './client-stream-world.ts';

let world: ClientStreamWorld;
beforeAll(async () => {
  world = await ClientStreamWorld.open();
});
afterAll(() => world.close());

describe('who asks', () => {
  test('is the one of --as, --as-group and --as-uid, for every request', async () => {
    const impersonate = { user: 'ada', groups: ['team-a', 'team-b'], uid: '42' };
    const client = world.client({ impersonate });
    expect(await client.whoAmI()).toMatchObject({
      username: 'ada',
      uid: '42',
      groups: expect.arrayContaining(['team-a', 'team-b']) as string[],
    });
    await expect(client.list(resourceTypes.secret, { namespace: world.namespace })).rejects.toMatchObject({
      status: 403,
      message: expect.stringContaining('User "ada" cannot list resource "secrets"') as string,
    });
  });

  test('may ask what they may do', async () => {
    const person = await world.person('reader', [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }]);
    const question = { group: '', resource: 'configmaps', namespace: world.namespace };
    expect(await person.canI({ ...question, verb: 'get' })).toMatchObject({ allowed: true });
    expect(await person.canI({ ...question, verb: 'delete' })).toMatchObject({ allowed: false });
    const forward = { verb: 'create', group: '', resource: 'pods', subresource: 'portforward' };
    expect(await person.canI({ ...forward, namespace: world.namespace })).toMatchObject({ allowed: false });
    expect(await world.client().canI({ ...forward, namespace: world.namespace })).toMatchObject({ allowed: true });
  });
});

test('the version of the API server can be asked for, and each request is told', async () => {
  const records: RequestRecord[] = [];
  const client = world.client({ onRequest: (record) => records.push(record) });
  expect(await client.serverVersion()).toMatch(/^v1\.\d+\.\d+/);
  await client.get(resourceTypes.configMap, { namespace: world.namespace, name: 'absent' });
  expect(records.map(({ method, status }) => ({ method, status }))).toEqual([
    { method: 'GET', status: 200 },
    { method: 'GET', status: 404 },
  ]);
  expect(records[0]?.url).toBe(`${client.serverUrl}/version`);
});

test('one object is followed by who may get and watch that one only', async () => {
  interface ConfigMap extends KubeObject {
    readonly data?: Readonly<Record<string, string>>;
  }
  await world.kubectl.run('create', 'configmap', 'followed', '--from-literal=value=one');
  const only = { apiGroups: [''], resources: ['configmaps'], resourceNames: ['followed'], verbs: ['get', 'watch'] };
  const person = await world.person('follower', [only]);
  const key = { namespace: world.namespace, name: 'followed' };
  const seen: string[] = [];
  for await (const object of person.watchObject<ConfigMap>(resourceTypes.configMap, key, AbortSignal.timeout(30_000))) {
    seen.push(object === 'gone' ? 'gone' : (object.data?.['value'] ?? ''));
    if (seen.at(-1) === 'one')
      await world.kubectl.run('patch', 'configmap', 'followed', '-p', '{"data":{"value":"two"}}');
    if (seen.at(-1) === 'two') await world.kubectl.run('delete', 'configmap', 'followed');
  }
  expect(seen).toEqual(['one', 'two', 'gone']);
  const other = person.watchObject(resourceTypes.secret, key, AbortSignal.timeout(30_000));
  await expect(other[Symbol.asyncIterator]().next()).rejects.toMatchObject({ status: 403 });
});

test.runIf(await podsRun())('the lines of a container’s log arrive while it writes, until it ends', async () => {
  const script = 'for i in 1 2 3; do echo line $i; sleep 1; done';
  const image = ['--image=swarm.test/busybox:1', '--image-pull-policy=IfNotPresent', '--restart=Never'];
  await world.kubectl.run('run', 'writer', ...image, '--command', '--', 'sh', '-c', script);
  await waitFor(
    'it runs',
    async () => (await world.kubectl.run('get', 'pod', 'writer', '-o', 'jsonpath={.status.phase}')) === 'Running',
    { withinMs: 30_000 },
  );
  const pod = { namespace: world.namespace, name: 'writer' };
  const lines: string[] = [];
  const times: number[] = [];
  for await (const line of world.client().followLogs(pod, {}, AbortSignal.timeout(30_000))) {
    lines.push(line);
    times.push(performance.now());
  }
  expect(lines).toEqual(['line 1', 'line 2', 'line 3']);
  expect((times[2] ?? 0) - (times[1] ?? 0)).toBeGreaterThan(500);
});
