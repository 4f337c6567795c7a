import { beforeEach, expect, test } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { FakeKube } from '../testing/fake-kube.ts';
import { KubeApiError } from './errors.ts';
import { type KubeObject } from './kube-client.ts';
import { resourceTypes } from './resource-types.ts';
import { watchObject } from './watch-object.ts';

const type = resourceTypes.configMap;
const key = { namespace: 'team-a', name: 'followed' };

interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

let clock: FakeClock;
let kube: FakeKube;
let seen: string[];

function follow(): Promise<void> {
  const signal = new AbortController().signal;
  return (async () => {
    for await (const object of watchObject<ConfigMap>({ client: kube, type, key, clock, random: () => 0, signal })) {
      seen.push(object === 'gone' ? 'gone' : (object.data?.['value'] ?? ''));
    }
  })();
}

const write = async (value: string) => {
  const known = await kube.get<ConfigMap>(type, key);
  if (known) await kube.replace(type, { ...known, data: { value } });
  else await kube.create<ConfigMap>(type, { metadata: key, data: { value } });
};

beforeEach(() => {
  clock = new FakeClock();
  kube = new FakeKube({ clock });
  seen = [];
});

test('shows the object as it is, each change, and its end', async () => {
  await write('one');
  const following = follow();
  await clock.advance(10);
  await write('two');
  await clock.advance(10);
  await kube.create(type, { metadata: { namespace: 'team-a', name: 'another' } });
  await kube.delete(type, key);
  await clock.advance(10);
  await following;
  expect(seen).toEqual(['one', 'two', 'gone']);
});

test('says at once that there is no such object', async () => {
  await follow();
  expect(seen).toEqual(['gone']);
});

test('takes another object of the same name for the end of the one it followed', async () => {
  await write('one');
  const watch = kube.watch.bind(kube);
  kube.watch = () => {
    throw new KubeApiError({ status: 410, reason: 'Expired', message: 'too old' });
  };
  const following = follow();
  await clock.advance(10);
  await kube.delete(type, key);
  await write('one');
  kube.watch = watch;
  await clock.advance(1_000);
  await following;
  expect(seen).toEqual(['one', 'gone']);
});

test('goes on after a version that is too old to watch from, though the object has not changed', async () => {
  await write('one');
  const watch = kube.watch.bind(kube);
  const versions: string[] = [];
  kube.watch = (kind, query, signal) => {
    versions.push(query.resourceVersion);
    if (query.resourceVersion !== '') throw new KubeApiError({ status: 410, reason: 'Expired', message: 'too old' });
    return watch(kind, { ...query, resourceVersion: '0' }, signal);
  };
  const following = follow();
  await clock.advance(1_000);
  kube.watch = watch;
  await kube.delete(type, key);
  await clock.advance(1_000);
  await following;
  expect(seen).toEqual(['one', 'gone']);
  expect(versions[1]).toBe('');
});

test('resumes from the version that was seen last when the connection breaks', async () => {
  await write('one');
  const watch = kube.watch.bind(kube);
  let tries = 0;
  kube.watch = (kind, query, signal) => {
    if (tries++ < 3) throw new KubeApiError({ status: 0, reason: 'ConnectionFailed', message: 'reset' });
    return watch(kind, query, signal);
  };
  const following = follow();
  await write('two');
  await clock.advance(5_000);
  await kube.delete(type, key);
  await clock.advance(10);
  await following;
  expect(seen.at(-1)).toBe('gone');
  expect(seen).toContain('two');
});

test.each([401, 403])('throws a %i, which no patience helps', async (status) => {
  await write('one');
  kube.watch = () => {
    throw new KubeApiError({ status, reason: 'Forbidden', message: 'cannot watch' });
  };
  await expect(follow()).rejects.toMatchObject({ status });
});
