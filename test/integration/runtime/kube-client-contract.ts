import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KubeApiError } from '../../../src/kube/errors.ts';
import { type KubeClient, type KubeObject } from '../../../src/kube/kube-client.ts';
import { resourceTypes } from '../../../src/kube/resource-types.ts';

export interface ClientUnderTest {
  readonly client: KubeClient;
  /** An empty namespace of its own. */
  readonly namespace: string;
  close(): Promise<void>;
}

interface ConfigMap extends KubeObject {
  readonly metadata: KubeObject['metadata'] & {
    readonly finalizers?: readonly string[];
    readonly deletionTimestamp?: string;
  };
  readonly data?: Readonly<Record<string, string>>;
}

const { configMap } = resourceTypes;

/** What everybody relies on, of the real client and of the fake alike. */
export function describeKubeClient(name: string, open: () => Promise<ClientUnderTest>): void {
  describe(name, () => {
    let under: ClientUnderTest;
    beforeAll(async () => {
      under = await open();
    });
    afterAll(() => under.close());

    const object = (name: string, rest: Partial<ConfigMap> = {}): ConfigMap => ({
      metadata: { name, namespace: under.namespace },
      data: { value: '1' },
      ...rest,
    });
    const key = (name: string) => ({ name, namespace: under.namespace });
    const create = (name: string, rest?: Partial<ConfigMap>) => under.client.create(configMap, object(name, rest));
    const failureOf = (work: Promise<unknown>) =>
      work.then(
        () => undefined,
        (error: unknown) => (error instanceof KubeApiError ? `${error.status} ${error.reason}` : String(error)),
      );

    test('gives what was created, with identity and version', async () => {
      const created = await create('created');
      expect(created.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
      expect(created).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', data: { value: '1' } });
      expect(await under.client.get(configMap, key('created'))).toMatchObject({ metadata: created.metadata });
    });

    test('gives undefined for what does not exist', async () => {
      expect(await under.client.get(configMap, key('absent'))).toBeUndefined();
    });

    test('refuses a taken name', async () => {
      await create('taken');
      expect(await failureOf(create('taken'))).toBe('409 AlreadyExists');
    });

    test('refuses to replace a version that somebody else has replaced', async () => {
      const first = await create('raced');
      const second = await under.client.replace(configMap, { ...first, data: { value: '2' } });
      expect(second.metadata.resourceVersion).not.toBe(first.metadata.resourceVersion);
      expect(await failureOf(under.client.replace(configMap, { ...first, data: { value: '3' } }))).toBe('409 Conflict');
      expect(await under.client.get<ConfigMap>(configMap, key('raced'))).toMatchObject({ data: { value: '2' } });
    });

    test('keeps the version of an object that a write leaves as it was', async () => {
      const created = await create('same');
      const replaced = await under.client.replace(configMap, created);
      expect(replaced.metadata.resourceVersion).toBe(created.metadata.resourceVersion);
    });

    test('merges a patch and removes what it sets to null', async () => {
      await create('patched', { data: { keep: 'a', drop: 'b' } });
      await under.client.mergePatch(configMap, key('patched'), { data: { drop: null, add: 'c' } });
      expect((await under.client.get<ConfigMap>(configMap, key('patched')))?.data).toEqual({ keep: 'a', add: 'c' });
    });

    test('refuses a conditional patch of an old version', async () => {
      const { metadata } = await create('conditional');
      await under.client.mergePatch(configMap, key('conditional'), { data: { value: '2' } });
      const patch = { metadata: { resourceVersion: metadata.resourceVersion }, data: { value: '3' } };
      expect(await failureOf(under.client.mergePatch(configMap, key('conditional'), patch))).toBe('409 Conflict');
    });

    test('deletes, and is content when there is nothing to delete', async () => {
      await create('deleted');
      await under.client.delete(configMap, key('deleted'));
      await under.client.delete(configMap, key('deleted'));
      expect(await under.client.get(configMap, key('deleted'))).toBeUndefined();
    });

    test('deletes only the very object that is meant', async () => {
      const { metadata } = await create('meant');
      const uid = '00000000-0000-4000-8000-ffffffffffff';
      expect(await failureOf(under.client.delete(configMap, key('meant'), { uid }))).toBe('409 Conflict');
      await under.client.delete(configMap, key('meant'), { uid: metadata.uid ?? '' });
      expect(await under.client.get(configMap, key('meant'))).toBeUndefined();
    });

    test('keeps an object with a finalizer until that is taken off', async () => {
      const metadata = { ...key('finalized'), finalizers: ['swarm.test/hold'] };
      await create('finalized', { metadata });
      await under.client.delete(configMap, key('finalized'));
      const held = await under.client.get<ConfigMap>(configMap, key('finalized'));
      expect(held?.metadata.deletionTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      await under.client.mergePatch(configMap, key('finalized'), { metadata: { finalizers: null } });
      expect(await under.client.get(configMap, key('finalized'))).toBeUndefined();
    });

    test('changes nothing in a dry run', async () => {
      const tried = await under.client.create(configMap, object('tried'), { dryRun: true });
      expect(tried.metadata.name).toBe('tried');
      expect(await under.client.get(configMap, key('tried'))).toBeUndefined();
    });

    test('lists page by page, with types, and by label', async () => {
      for (const name of ['page-a', 'page-b', 'page-c']) {
        await create(name, { metadata: { ...key(name), labels: { set: 'page', name } } });
      }
      const query = { namespace: under.namespace, labelSelector: 'set=page' };
      const first = await under.client.list(configMap, { ...query, limit: 2 });
      expect(first.items.map(({ metadata }) => metadata.name)).toEqual(['page-a', 'page-b']);
      expect(first.items[0]).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap' });
      const rest = await under.client.list(configMap, { ...query, limit: 2, continueToken: first.continueToken ?? '' });
      expect(rest.items.map(({ metadata }) => metadata.name)).toEqual(['page-c']);
      expect(rest.continueToken).toBeUndefined();
      const chosen = { ...query, labelSelector: 'set=page,name in (page-b,page-c),name!=page-c' };
      expect((await under.client.list(configMap, chosen)).items).toHaveLength(1);
    });

    test('tells a watch what happened since a version, in order', async () => {
      const { metadata } = await create('watched');
      await under.client.mergePatch(configMap, key('watched'), { data: { value: '2' } });
      await under.client.delete(configMap, key('watched'));
      const stop = new AbortController();
      const query = {
        namespace: under.namespace,
        fieldSelector: 'metadata.name=watched',
        resourceVersion: metadata.resourceVersion ?? '',
        timeoutSeconds: 30,
      };
      const events: string[] = [];
      for await (const text of under.client.watch(configMap, query, stop.signal)) {
        const line = JSON.parse(text) as { type: string; object: ConfigMap };
        events.push(`${line.type} ${line.object.data?.['value'] ?? ''}`);
        if (events.length === 2) break;
      }
      expect(events).toEqual(['MODIFIED 2', 'DELETED 2']);
    });

    test('does not start a request whose signal has fired', async () => {
      const signal = AbortSignal.abort(new Error('too late'));
      const late = under.client.create(configMap, object('late'), { signal });
      await expect(late).rejects.toThrow('too late');
      expect(await under.client.get(configMap, key('late'))).toBeUndefined();
    });
  });
}
