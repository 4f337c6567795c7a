import { beforeEach, describe, expect, test } from 'vitest';
import { type KubeObject } from '../kube/kube-client.ts';
import { ObjectCache } from './cache.ts';

interface Run extends KubeObject {
  readonly owner?: string;
}

const run = (name: string, version: number, fields: { owner?: string; namespace?: string } = {}): Run => ({
  metadata: { name, namespace: fields.namespace ?? 'a', resourceVersion: String(version) },
  ...(fields.owner !== undefined && { owner: fields.owner }),
});
const names = (objects: readonly Run[]) => objects.map(({ metadata }) => metadata.name);

let cache: ObjectCache<Run>;
beforeEach(() => {
  cache = new ObjectCache<Run>();
  cache.addIndex('owner', ({ owner }) => (owner === undefined ? [] : [owner]));
});

test('objects are found by key, by namespace and by index', () => {
  cache.put(run('x', 1, { owner: 'o' }));
  cache.put(run('y', 2, { owner: 'o', namespace: 'b' }));
  expect(cache.get('a/x')?.owner).toBe('o');
  expect(names(cache.list('b'))).toEqual(['y']);
  expect(names(cache.list())).toEqual(['x', 'y']);
  expect(names(cache.byIndex('owner', 'o'))).toEqual(['x', 'y']);
});

test('an object that changes its value moves in the index, and leaves it when it goes', () => {
  cache.put(run('x', 1, { owner: 'old' }));
  cache.put(run('x', 2, { owner: 'new' }));
  expect(names(cache.byIndex('owner', 'old'))).toEqual([]);
  expect(names(cache.byIndex('owner', 'new'))).toEqual(['x']);
  cache.remove(run('x', 3));
  expect(names(cache.byIndex('owner', 'new'))).toEqual([]);
});

test('an index that is added late knows what is there already', () => {
  cache.put(run('x', 1));
  cache.addIndex('name', ({ metadata }) => [metadata.name]);
  expect(names(cache.byIndex('name', 'x'))).toEqual(['x']);
});

test('an index cannot be declared twice with different meanings', () => {
  expect(() => {
    cache.addIndex('owner', () => []);
  }).toThrow('declared twice');
  expect(() => cache.byIndex('color', 'red')).toThrow('no index color');
});

test('managedFields are left out', () => {
  const metadata = { ...run('x', 1).metadata, managedFields: [{ manager: 'm' }] };
  cache.put({ metadata });
  expect(cache.get('a/x')?.metadata).not.toHaveProperty('managedFields');
});

test('an old event does not overwrite what is newer', () => {
  cache.put(run('x', 5, { owner: 'new' }));
  cache.put(run('x', 4, { owner: 'old' }));
  cache.remove(run('x', 4));
  expect(cache.get('a/x')?.owner).toBe('new');
});

describe('a write of our own', () => {
  test('is seen at once', () => {
    cache.put(run('x', 1));
    cache.noteWritten(run('x', 2, { owner: 'mine' }));
    cache.noteWritten(run('y', 3));
    expect(cache.get('a/x')?.owner).toBe('mine');
    expect(cache.get('a/y')).toBeDefined();
  });

  test('does not hide what the watch has brought since', () => {
    cache.put(run('x', 5, { owner: 'theirs' }));
    cache.noteWritten(run('x', 4, { owner: 'mine' }));
    expect(cache.get('a/x')?.owner).toBe('theirs');
  });

  test('does not bring back what has been deleted since', () => {
    cache.remove(run('x', 6));
    cache.noteWritten(run('x', 5));
    expect(cache.get('a/x')).toBeUndefined();
  });

  test('survives a list that is older', () => {
    cache.noteWritten(run('x', 9));
    cache.replaceAll([], '8');
    expect(cache.get('a/x')).toBeDefined();
  });
});

describe('a whole list', () => {
  test('tells exactly what appeared, changed and went', () => {
    for (const object of [run('same', 1), run('changed', 2), run('gone', 3)]) cache.put(object);
    const changes = cache.replaceAll([run('same', 1), run('changed', 4), run('new', 5)], '6');
    expect(changes.map(([kind, { metadata }]) => `${kind} ${metadata.name}`)).toEqual([
      'DELETED gone',
      'MODIFIED changed',
      'ADDED new',
    ]);
    expect(names(cache.list()).sort()).toEqual(['changed', 'new', 'same']);
  });

  test('from the past means a restored cluster: everything known is void', () => {
    cache.put(run('x', 100, { owner: 'before' }));
    const changes = cache.replaceAll([run('x', 50, { owner: 'restored' })], '60');
    expect(cache.get('a/x')?.owner).toBe('restored');
    expect(changes).toHaveLength(2);
    cache.put(run('x', 61, { owner: 'later' }));
    expect(cache.get('a/x')?.owner).toBe('later');
  });
});
