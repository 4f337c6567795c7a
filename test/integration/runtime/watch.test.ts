import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ProxiedWatch } from '../../support/proxied-watch.ts';
import { fastClock, RuntimeWorld, WatchUnderFaults } from './runtime-world.ts';

const expired = JSON.stringify({
  type: 'ERROR',
  object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' },
});

interface Trouble {
  /** Done to the open watch; the changes come right after. */
  readonly strike: (watch: ProxiedWatch, world: RuntimeWorld) => void;
  /** Lists that the repair may cost. */
  readonly lists: number;
}

const refuseWatches = (
  world: RuntimeWorld,
  refusal: { status: number; times: number; headers?: Record<string, string> },
) =>
  world.proxy.inject({
    when: ({ isWatch, path }) => isWatch && path.includes('/configmaps'),
    fault: { kind: 'refuse', body: 'in trouble', ...refusal },
    times: refusal.times,
  });

const troubles: Record<string, Trouble> = {
  'a reset connection': {
    strike: (watch) => {
      watch.reset();
    },
    lists: 0,
  },
  'a connection that breaks in the middle of a line': {
    strike: (watch) => {
      watch.faultNextLine('cut');
    },
    lists: 0,
  },
  'a malformed line': {
    strike: (watch) => {
      watch.faultNextLine('garble');
    },
    lists: 0,
  },
  'an event that arrives twice': {
    strike: (watch) => {
      watch.faultNextLine('duplicate');
    },
    lists: 0,
  },
  'a version that is forgotten, told within the watch': {
    strike: (watch) => {
      watch.endWith(expired);
    },
    lists: 1,
  },
  'a version that is forgotten, told as the answer to the watch': {
    strike: (watch, world) => {
      refuseWatches(world, { status: 410, times: 1 });
      watch.reset();
    },
    lists: 1,
  },
  'a server error when the watch is resumed': {
    strike: (watch, world) => {
      refuseWatches(world, { status: 500, times: 3 });
      watch.reset();
    },
    lists: 0,
  },
  'too many requests with a time to wait': {
    strike: (watch, world) => {
      refuseWatches(world, { status: 429, times: 1, headers: { 'retry-after': '1' } });
      watch.reset();
    },
    lists: 0,
  },
};

describe('a watch', () => {
  let world: RuntimeWorld;
  beforeAll(async () => {
    world = await RuntimeWorld.open();
  });
  afterAll(() => world.close());

  test.each(Object.entries(troubles))('misses nothing after %s', async (_name, { strike, lists }) => {
    const prefix = `t${world.proxy.requests.length}`;
    await world.write(`${prefix}-changed`, 'before');
    await world.write(`${prefix}-removed`, 'before');
    await using watch = new WatchUnderFaults(world);
    await watch.start();
    const listsBefore = world.listsOf('configmaps');

    const [open] = world.proxy.watches('/configmaps');
    if (open) strike(open, world);
    await world.change(`${prefix}-changed`, 'after');
    await world.remove(`${prefix}-removed`);
    await world.write(`${prefix}-created`, 'after');

    await watch.shows(`${prefix}-changed`, 'after');
    await watch.shows(`${prefix}-removed`, undefined);
    await watch.shows(`${prefix}-created`, 'after');
    expect(watch.told).toContain(`MODIFIED ${prefix}-changed after`);
    expect(watch.told.some((line) => line.startsWith(`DELETED ${prefix}-removed`))).toBe(true);
    expect(watch.told).toContain(`ADDED ${prefix}-created after`);
    expect(world.listsOf('configmaps') - listsBefore).toBe(lists);
  });

  test('finds out about a connection that went silent without being closed', async () => {
    await using watch = new WatchUnderFaults(world, fastClock(20));
    await watch.start();
    const listsBefore = world.listsOf('configmaps');

    for (const open of world.proxy.watches('/configmaps')) open.freeze();
    await world.write('behind-the-silence', 'seen');

    await watch.shows('behind-the-silence', 'seen');
    expect(world.listsOf('configmaps')).toBe(listsBefore);
  });

  test('survives a storm of resets while objects change, and ends up with the truth', async () => {
    await using watch = new WatchUnderFaults(world);
    await watch.start();
    const listsBefore = world.listsOf('configmaps');

    for (let round = 0; round < 40; round++) {
      await world.write(`storm-${round}`, 'old');
      if (round % 4 === 0) for (const open of world.proxy.watches('/configmaps')) open.reset();
      await world.change(`storm-${round}`, 'new');
      if (round % 5 === 0) await world.remove(`storm-${round}`);
    }

    for (let round = 0; round < 40; round++) await watch.shows(`storm-${round}`, round % 5 === 0 ? undefined : 'new');
    for (let round = 0; round < 40; round++) expect(watch.told).toContain(`MODIFIED storm-${round} new`);
    expect(world.listsOf('configmaps')).toBe(listsBefore);
  });

  test('starts as soon as the API server can be reached', async () => {
    const takeBack = world.proxy.inject({
      when: ({ path }) => path.includes('/configmaps'),
      fault: { kind: 'reset' },
      times: 4,
    });
    await using watch = new WatchUnderFaults(world);
    await watch.start();
    await world.write('after-the-outage', 'seen');
    await watch.shows('after-the-outage', 'seen');
    takeBack();
  });

  test('reads a long list page by page, once', async () => {
    await Promise.all(Array.from({ length: 620 }, (_, index) => world.write(`page-${index}`, 'x')));
    const listsBefore = world.listsOf('configmaps');
    await using watch = new WatchUnderFaults(world);
    await watch.start();
    expect(watch.watcher.cache.list().filter(({ metadata }) => metadata.name.startsWith('page-'))).toHaveLength(620);
    expect(world.listsOf('configmaps') - listsBefore).toBe(1);
  });
});
