import { beforeEach, describe, expect, test } from 'vitest';
import { ObjectStoreRefusedError } from '../../backends/s3/object-store-refused-error.ts';
import { RetryableError } from '../../base/errors.ts';
import { KnowledgeBaseWorld } from '../../testing/knowledge-base-world.ts';

const dayMs = 24 * 3_600_000;
const address = (name: string) => `https://docs.example/${name}`;
const html = (title: string, text: string) => `<html><body><h1>${title}</h1><p>${text}</p></body></html>`;
const names = ['a', 'b', 'c', 'd'];

let world: KnowledgeBaseWorld;
beforeEach(() => {
  world = new KnowledgeBaseWorld();
});

describe('pages of a site', () => {
  beforeEach(async () => {
    for (const name of names) world.site.set(address(name), html(name.toUpperCase(), `Words of ${name}.`));
    world.apply({ sources: [{ name: 'site', urls: names.map(address) }] });
    await world.settle();
    expect(world.is('Ready')).toBe('True/Synced');
  });

  const answers = () => world.site.requests.filter(({ url }) => !url.endsWith('robots.txt'));

  test('that have not changed are not sent again, and stay', async () => {
    await world.pass(dayMs);
    expect(
      answers()
        .slice(4)
        .map(({ headers }) => headers.has('if-none-match')),
    ).toEqual([true, true, true, true]);
    expect(world.status.sources).toMatchObject([{ name: 'site', documents: 4, chunks: 4 }]);
    expect(await world.documents()).toHaveLength(4);
  });

  test('that have changed are taken in', async () => {
    world.site.set(address('b'), html('B', 'News about giraffes.'));
    await world.pass(dayMs);
    expect(await world.find('giraffes')).toEqual(['site/docs.example/b']);
  });

  test('that are gone go', async () => {
    world.site.delete(address('d'));
    await world.pass(dayMs);
    expect(await world.documents()).toEqual(['a', 'b', 'c'].map((name) => `site/docs.example/${name}`));
    expect(world.is('Ready')).toBe('True/Synced');
    expect(world.status.sources?.[0]?.message).toBe(`1 left out, first ${address('d')}: docs.example answers 404.`);
  });

  test('that are all gone at once stay: the site is broken', async () => {
    for (const name of names) world.site.delete(address(name));
    await world.pass(dayMs);
    expect(await world.documents()).toHaveLength(4);
    expect(world.is('Ready')).toBe('False/SyncFailed');
  });

  test('that turn empty stay, like those that are gone', async () => {
    for (const name of ['a', 'b']) world.site.set(address(name), '<html></html>');
    await world.pass(dayMs);
    expect(await world.documents()).toHaveLength(4);
    expect(world.is('Stalled')).toBe('True/TooManyDeletions');
  });

  test('that cannot be read now are kept, named and tried again', async () => {
    world.site.set(address('b'), { status: 500 });
    await world.pass(dayMs);
    expect(await world.documents()).toHaveLength(4);
    expect(world.is('Reconciling')).toBe('True/SyncFailed');
    expect(world.messageOf('Ready')).toContain('1 could not be read, first site/docs.example/b');
    world.site.set(address('b'), html('B', 'Back again.'));
    await world.pass(60_000);
    expect(world.is('Ready')).toBe('True/Synced');
  });

  test('of a site that is down are not all tried', async () => {
    const many = Array.from({ length: 40 }, (_, number) => address(`page-${number}`));
    for (const url of many) world.site.set(url, { breaks: true });
    await world.edit({ sources: [{ name: 'site', urls: [...names.map(address), ...many] }] });
    const before = world.site.asked.length;
    await world.settle();
    expect(world.site.asked.slice(before)).toHaveLength(14);
    expect(await world.documents()).toHaveLength(4);
    expect(world.is('Reconciling')).toBe('True/SyncFailed');
  });
});

describe('objects of a bucket', () => {
  const key = (name: string) => ({ bucket: 'docs', key: `handbook/${name}.md` });

  beforeEach(async () => {
    for (const name of names) world.objects.addObject(key(name), `# ${name}\n\nWords of ${name}.\n`);
    world.apply({ sources: [{ name: 'bucket', objectStore: { bucket: 'docs', prefix: 'handbook/' } }] });
    await world.settle();
  });

  test('are read once, and listed from then on', async () => {
    expect(await world.documents()).toEqual(names.map((name) => `bucket/${name}.md`));
    const before = world.objects.requests;
    await world.pass(dayMs);
    expect(world.objects.requests - before).toBe(1);
    expect(world.status.sources).toMatchObject([{ documents: 4, chunks: 4 }]);
  });

  test('are all kept while the bucket is refused, and its words are shown', async () => {
    world.objects.failNext(new ObjectStoreRefusedError('AccessDenied', 'The bucket docs is not among policy.buckets.'));
    await world.pass(dayMs);
    expect(await world.documents()).toHaveLength(4);
    expect(world.is('Stalled')).toBe('True/SyncFailed');
    expect(world.messageOf('Stalled')).toContain('not among policy.buckets');
  });

  test('are all kept while the store is down', async () => {
    world.objects.failNext(new RetryableError('Unavailable', 'The object store cannot be reached.'));
    await world.pass(dayMs);
    expect(await world.documents()).toHaveLength(4);
    expect(world.is('Reconciling')).toBe('True/SyncFailed');
  });
});

describe('notebooks', () => {
  test('that are damaged are left out with a word about them', async () => {
    world.pages({ 'good.md': '# Good\n\nWords.\n', 'bad.ipynb': '{"cells": "none"}' });
    world.apply();
    await world.settle();
    expect(await world.documents()).toEqual(['pages/good.md']);
    expect(world.is('Ready')).toBe('True/Synced');
    expect(world.status.sources?.[0]?.message).toMatch(/1 left out, first pages\/bad.ipynb: The notebook/);
  });
});
