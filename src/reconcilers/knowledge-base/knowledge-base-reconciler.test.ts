import { beforeEach, describe, expect, test } from 'vitest';
import { conditionReasons } from '../../api/conditions.ts';
import { kinds } from '../../api/group.ts';
import { annotations, finalizers } from '../../api/names.ts';
import { RetryableError, TerminalError } from '../../base/errors.ts';
import { resourceTypes } from '../../kube/resource-types.ts';
import { KubeApiError } from '../../kube/errors.ts';
import type { GenerationKey } from '../../retrieval/knowledge-store.ts';
import { MemoryKnowledgeStore } from '../../testing/memory-knowledge-store.ts';
import { KnowledgeBaseWorld, unavailable } from '../../testing/knowledge-base-world.ts';

const pages = {
  'quota.md': '# Quotas\n\nA ClusterQueue limits the cpu of a team.\n',
  'cache.md': '# Caching\n\nA step is skipped when its inputs are unchanged.\n',
  'preempt.md': '# Preemption\n\nHigher priority evicts lower priority.\n',
  'retry.md': '# Retries\n\nA failed step runs again.\n',
};
const embedding = { baseURL: 'https://models.example/v1', model: 'tiny' };
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Another store, which names its indexes in its own way. */
class OtherStore extends MemoryKnowledgeStore {
  override nameOf({ namespace, knowledgeBase, generation }: GenerationKey): string {
    return `other-${namespace}-${knowledgeBase}-g${generation}`;
  }
}

let world: KnowledgeBaseWorld;
beforeEach(() => {
  world = new KnowledgeBaseWorld();
  world.pages(pages);
});

function without(name: string, data: Readonly<Record<string, string>>) {
  return Object.fromEntries(Object.entries(data).filter(([key]) => key !== name));
}

const paths = (...names: string[]) => names.map((name) => `pages/${name}.md`).sort();

describe('a knowledge base', () => {
  test('is read at once and then rests until its refresh is due', async () => {
    world.apply();
    const afterMs = await world.settle();
    expect(await world.documents()).toEqual(paths('cache', 'preempt', 'quota', 'retry'));
    expect(afterMs).toBe(dayMs);
    expect(world.is('Ready')).toBe('True/Synced');
    expect(world.is('Reconciling')).toBeUndefined();
    expect(world.status).toMatchObject({
      phase: 'Ready',
      observedGeneration: 1,
      documents: 4,
      chunks: 4,
      index: 'team-a/handbook/1',
      indexes: ['team-a/handbook/1'],
      indexGeneration: 1,
      lastSyncTime: '2026-11-25T08:00:00.000Z',
      sources: [{ name: 'pages', documents: 4, chunks: 4, lastSyncTime: '2026-11-25T08:00:00.000Z' }],
    });
  });

  test('takes in what has changed when the refresh is due, not before', async () => {
    world.apply({ refreshInterval: '1h' });
    await world.settle();
    world.pages({ ...pages, 'quota.md': '# Quotas\n\nEvery giraffe has a quota.\n' });
    await world.pass(hourMs / 2);
    expect(await world.find('giraffe')).toEqual([]);
    await world.pass(hourMs / 2);
    expect(await world.find('giraffe')).toEqual(paths('quota'));
    expect(await world.find('cpu')).toEqual([]);
  });

  test('is read once a minute at most, however short the interval', async () => {
    world.apply({ refreshInterval: '0s' });
    expect(await world.settle()).toBe(60_000);
  });

  test('a change of its spec is taken in at once', async () => {
    world.apply();
    await world.settle();
    world.pages({ 'more.md': '# More\n\nA second ConfigMap.\n' }, 'more');
    await world.edit({
      sources: [
        { name: 'pages', configMap: { name: 'handbook' } },
        { name: 'more', configMap: { name: 'more' } },
      ],
    });
    await world.settle();
    expect(await world.documents()).toContain('more/more.md');
    expect(world.status.observedGeneration).toBe(2);
  });

  test('documents of a source that is no longer in the spec go, however many they are', async () => {
    world.pages({ 'more.md': '# More\n\nA second ConfigMap.\n' }, 'more');
    world.apply({
      sources: [
        { name: 'pages', configMap: { name: 'handbook' } },
        { name: 'more', configMap: { name: 'more' } },
      ],
    });
    await world.settle();
    await world.edit({ sources: [{ name: 'more', configMap: { name: 'more' } }] });
    await world.settle();
    expect(await world.documents()).toEqual(['more/more.md']);
    expect(world.is('Ready')).toBe('True/Synced');
  });

  test('nothing is read while it is suspended, and what was found is still found', async () => {
    world.apply();
    await world.settle();
    await world.edit({ suspend: true });
    world.pages({ ...pages, 'new.md': '# New\n\nGiraffes.\n' });
    expect(await world.settle()).toBeUndefined();
    await world.pass(2 * dayMs);
    expect(await world.documents()).toHaveLength(4);
    expect(world.status.phase).toBe('Suspended');
    await world.edit({ suspend: false });
    await world.settle();
    expect(await world.find('giraffes')).toEqual(paths('new'));
  });

  test('reads with the rights of its ServiceAccount, and says which right is missing', async () => {
    world.apply({ serviceAccountName: 'librarian' });
    world.kube.fail({
      matches: ({ plural, impersonate }) =>
        plural === 'configmaps' && impersonate === 'system:serviceaccount:team-a:librarian',
      error: new KubeApiError({ status: 403, reason: 'Forbidden', message: 'no' }),
    });
    await world.settle();
    expect(world.is('Stalled')).toBe('True/SyncFailed');
    expect(world.messageOf('Ready')).toMatch(/librarian may not read the ConfigMap handbook.*bind a role/);
  });

  test('an index that is lost is built again soon, and at once by a process that finds it lost', async () => {
    world.apply();
    await world.settle();
    await world.store.drop({ namespace: 'team-a', knowledgeBase: 'handbook', generation: 1 });
    expect(await world.documents()).toEqual([]);
    await world.pass(30_000);
    expect(await world.documents()).toHaveLength(4);
    await world.store.drop({ namespace: 'team-a', knowledgeBase: 'handbook', generation: 1 });
    world.restart();
    await world.settle();
    expect(await world.documents()).toHaveLength(4);
  });

  test('after a restart of the operator nothing is read again', async () => {
    world.apply();
    await world.settle();
    world.restart();
    const before = world.kube.requests.length;
    expect(await world.settle()).toBe(dayMs);
    expect(world.kube.requests.slice(before).filter(({ plural }) => plural === resourceTypes.configMap.plural)).toEqual(
      [],
    );
  });

  test('every reason it gives is in the closed list', async () => {
    world.apply({ embedding });
    world.embedder.failure = unavailable();
    await world.settle();
    for (const { reason } of world.status.conditions ?? []) expect(Object.keys(conditionReasons)).toContain(reason);
  });
});

describe('a broken source', () => {
  const two = [
    { name: 'pages', configMap: { name: 'handbook' } },
    { name: 'more', configMap: { name: 'more' } },
  ];

  beforeEach(async () => {
    world.pages({ 'more.md': '# More\n\nA second ConfigMap.\n' }, 'more');
    world.apply({ sources: two });
    await world.settle();
  });

  test('keeps its documents, is named, and does not keep the others from being read', async () => {
    await world.kube.delete(resourceTypes.configMap, { namespace: 'team-a', name: 'handbook' });
    world.pages({ 'more.md': '# More\n\nNews about giraffes.\n' }, 'more');
    await world.pass(dayMs);
    expect(await world.documents()).toHaveLength(5);
    expect(await world.find('giraffes')).toEqual(['more/more.md']);
    expect(world.is('Ready')).toBe('False/SyncFailed');
    expect(world.messageOf('Ready')).toContain('There is no ConfigMap handbook');
    expect(world.status.sources?.find(({ name }) => name === 'pages')?.lastSyncTime).toBe('2026-11-25T08:00:00.000Z');
    expect(world.status.sources?.find(({ name }) => name === 'more')?.lastSyncTime).toBe('2026-11-26T08:00:00.000Z');
  });

  test('is tried again, ever less often, and is well again by itself', async () => {
    await world.kube.delete(resourceTypes.configMap, { namespace: 'team-a', name: 'more' });
    await world.clock.advance(dayMs);
    expect(await world.settle()).toBe(10_000);
    world.pages({ 'more.md': '# More\n\nBack again.\n' }, 'more');
    await world.pass(30_000);
    expect(world.is('Ready')).toBe('True/Synced');
    expect(world.is('Stalled')).toBeUndefined();
  });

  test('that lost more than 30 % removes nothing until a person allows it', async () => {
    world.pages({ 'quota.md': pages['quota.md'], 'new.md': '# New\n\nGiraffes.\n' });
    await world.pass(dayMs);
    expect(world.is('Stalled')).toBe('True/TooManyDeletions');
    expect(await world.documents()).toHaveLength(6);
    expect(await world.find('giraffes')).toEqual(['pages/new.md']);
    expect(world.messageOf('Stalled')).toContain(`${annotations.allowDeletions}=1`);
    expect(world.events.map(({ reason }) => reason)).toEqual(['TooManyDeletions']);

    await world.pass(hourMs);
    expect(await world.documents()).toHaveLength(6);
    await world.annotate({ [annotations.allowDeletions]: '1' });
    await world.settle();
    expect(await world.documents()).toEqual(['more/more.md', 'pages/new.md', 'pages/quota.md']);
    expect(world.is('Ready')).toBe('True/Synced');
    expect(world.events).toHaveLength(1);
  });

  test('that lost a few loses them here as well', async () => {
    world.pages(without('retry.md', pages));
    await world.pass(dayMs);
    expect(await world.documents()).not.toContain('pages/retry.md');
    expect(world.is('Ready')).toBe('True/Synced');
  });

  test('that gives nothing any more is not believed', async () => {
    world.pages({}, 'more');
    await world.pass(dayMs);
    expect(await world.documents()).toContain('more/more.md');
    expect(world.is('Ready')).toBe('False/SyncFailed');
    expect(world.messageOf('Ready')).toContain('no documents any more');
  });
});

describe('vectors', () => {
  test('are made for every passage, and again only for those that changed', async () => {
    world.apply({ embedding });
    await world.settle();
    expect(world.status).toMatchObject({ withoutVector: 0, chunks: 4 });
    expect(world.embedder.embedded).toHaveLength(4);
    expect(world.embedder.embedded[0]).toMatch(/^Caching\n\n/);
    world.pages({ ...pages, 'quota.md': '# Quotas\n\nEvery giraffe has a quota.\n' });
    await world.pass(dayMs);
    expect(world.embedder.embedded).toHaveLength(5);
  });

  test('a paragraph in front of the others costs no vector but its own', async () => {
    const section = (name: string) => `## ${name}\n\n${'Words about it. '.repeat(40)}\n\n`;
    world.pages({ 'long.md': `# Long\n\n${section('Second')}${section('Third')}` });
    world.apply({ embedding });
    await world.settle();
    const before = world.embedder.embedded.length;
    world.pages({ 'long.md': `# Long\n\n${section('First')}${section('Second')}${section('Third')}` });
    await world.pass(dayMs);
    expect(world.embedder.embedded.slice(before)).toEqual([expect.stringContaining('Long > First')]);
    const ordinals = await (await world.live)?.ordinalsOf('pages/long.md');
    expect([...(ordinals?.values() ?? [])].sort()).toEqual([...Array(before + 1).keys()]);
  });

  test('words alone are found while the endpoint is down, and the vectors are added when it is back', async () => {
    world.apply({ embedding });
    await world.settle();
    world.embedder.failure = unavailable();
    world.pages({ ...pages, 'quota.md': '# Quotas\n\nEvery giraffe has a quota.\n' });
    await world.pass(dayMs);
    expect(await world.find('giraffe')).toEqual(paths('quota'));
    expect(world.is('Ready')).toBe('False/EmbeddingUnavailable');
    expect(world.is('Reconciling')).toBe('True/EmbeddingUnavailable');
    expect(world.status.withoutVector).toBe(1);
    world.embedder.failure = undefined;
    await world.pass(30_000);
    expect(world.is('Ready')).toBe('True/Synced');
    expect(world.status.withoutVector).toBe(0);
  });

  test('a first build with the endpoint down answers by words, and is built with vectors once it is back', async () => {
    world.embedder.failure = unavailable();
    world.apply({ embedding });
    await world.settle();
    expect(await world.find('quota')).toEqual(paths('quota'));
    expect(world.status).toMatchObject({ index: 'team-a/handbook/1', withoutVector: 4 });
    world.embedder.failure = undefined;
    await world.pass(30_000);
    expect(world.status).toMatchObject({ index: 'team-a/handbook/2', withoutVector: 0 });
  });

  test('a refused key must be put right by a person', async () => {
    world.apply({ embedding });
    world.embedder.failure = new TerminalError('ModelUnauthorized', 'The key is not accepted.');
    await world.settle();
    expect(world.is('Stalled')).toBe('True/EmbeddingUnavailable');
    expect(world.messageOf('Stalled')).toBe('Found by words alone: The key is not accepted.');
  });

  test('another model is another generation, which answers only when it is whole; the one before goes later', async () => {
    world.apply({ embedding });
    await world.settle();
    world.embedder.model = 'small';
    world.embedder.dimensions = 4;
    await world.edit({ embedding: { ...embedding, model: 'small' } });
    expect(await world.settle()).toBe(60_000);
    expect(world.status).toMatchObject({
      index: 'team-a/handbook/2',
      indexGeneration: 2,
      withoutVector: 0,
      indexes: ['team-a/handbook/1', 'team-a/handbook/2'],
    });
    expect(await world.generations).toEqual([1, 2]);
    await world.pass(60_000);
    expect(await world.generations).toEqual([2]);
  });

  test('another model that is down leaves the index as it is', async () => {
    world.apply({ embedding });
    await world.settle();
    world.embedder.model = 'small';
    world.embedder.failure = unavailable();
    await world.edit({ embedding: { ...embedding, model: 'small' } });
    await world.settle();
    expect(world.status.index).toBe('team-a/handbook/1');
    expect(world.is('Ready')).toBe('False/EmbeddingUnavailable');
  });

  test('a model that suddenly gives vectors of another length is noticed', async () => {
    world.apply({ embedding });
    await world.settle();
    world.embedder.dimensions = 5;
    world.pages({ ...pages, 'new.md': '# New\n\nGiraffes.\n' });
    await world.pass(dayMs);
    expect(world.is('Stalled')).toBe('True/EmbeddingUnavailable');
    expect(world.messageOf('Stalled')).toContain('length 5 instead of 3');
    expect(await world.find('giraffes')).toEqual(paths('new'));
  });

  test('a new generation does not replace the old one while a source is broken, or when it has lost too much', async () => {
    world.apply({ embedding });
    await world.settle();
    world.embedder.model = 'small';
    world.pages({ 'quota.md': pages['quota.md'] });
    await world.edit({ embedding: { ...embedding, model: 'small' } });
    await world.settle();
    expect(world.status.index).toBe('team-a/handbook/1');
    expect(await world.documents()).toHaveLength(4);
    expect(world.is('Stalled')).toBe('True/TooManyDeletions');
    await world.annotate({ [annotations.allowDeletions]: '2' });
    await world.settle();
    expect(world.status.index).toBe('team-a/handbook/2');
    expect(await world.documents()).toEqual(paths('quota'));
  });
});

describe('a store that cannot be used', () => {
  test.each([
    [
      'is tried again when it is down',
      new RetryableError('Unavailable', 'Elasticsearch cannot be reached.'),
      'Reconciling',
    ],
    [
      'needs a person when its Secret is missing',
      new TerminalError('SecretNotFound', 'Create the Secret es.'),
      'Stalled',
    ],
  ] as const)('%s', async (_name, failure, type) => {
    world.storeFailure = failure;
    world.apply();
    expect(await world.settle()).toBe(10_000);
    expect(world.is(type)).toBe(`True/${failure.reason}`);
    expect(world.messageOf('Ready')).toBe(failure.message);
    world.storeFailure = undefined;
    await world.pass(30_000);
    expect(world.is('Ready')).toBe('True/Synced');
  });

  test('is not written about again and again', async () => {
    world.storeFailure = unavailable();
    world.apply();
    await world.settle();
    const version = world.knowledgeBase.metadata.resourceVersion;
    await world.pass(30_000);
    expect(world.knowledgeBase.metadata.resourceVersion).toBe(version);
  });
});

describe('deletion', () => {
  beforeEach(async () => {
    world.apply();
    await world.settle();
  });
  const remove = () => world.kube.delete(kinds.knowledgeBase, { namespace: 'team-a', name: 'handbook' });

  test('takes every generation with it', async () => {
    expect(world.knowledgeBase.metadata.finalizers).toEqual([finalizers.index]);
    await remove();
    await world.settle();
    expect(world.isGone).toBe(true);
    expect(await world.generations).toEqual([]);
  });

  test('waits for a store that is down, but not for ever, and says what is left behind', async () => {
    world.storeFailure = unavailable();
    await remove();
    await expect(world.settle()).rejects.toThrow('does not answer');
    expect(world.isGone).toBe(false);
    await world.pass(300_000);
    expect(world.isGone).toBe(true);
    expect(world.events.at(-1)?.message).toContain('team-a/handbook/1');
  });

  test('tells of indexes in a store that the SwarmConfig does not name any more', async () => {
    world.store = new OtherStore();
    await world.pass(30_000);
    expect(world.status.indexes).toEqual(['team-a/handbook/1', 'other-team-a-handbook-g1']);
    expect(await world.documents()).toHaveLength(4);
    await remove();
    await world.settle();
    expect(world.isGone).toBe(true);
    expect(await world.generations).toEqual([]);
    expect(world.events.at(-1)?.message).toContain('team-a/handbook/1');
  });

  test('does not wait for a store whose settings went before, as when a namespace is deleted', async () => {
    world.storeFailure = new TerminalError('ConfigNotFound', 'There is no SwarmConfig default.');
    await remove();
    await world.settle();
    expect(world.isGone).toBe(true);
  });
});

describe('a crash', () => {
  const before = {
    'quota.md': pages['quota.md'],
    'cache.md': pages['cache.md'],
    'retry.md': pages['retry.md'],
    'a.md': '# A\n\nAlpha.\n',
  };
  const after = { ...before, 'quota.md': '# Quotas\n\nEvery giraffe has a quota.\n', 'b.md': '# B\n\nBeta.\n' };

  /** First a build, then another model and other documents: a second build, a switch and a removal. */
  async function story(crashAfter: number): Promise<KnowledgeBaseWorld> {
    const told = new KnowledgeBaseWorld();
    told.pages(before);
    told.apply({ embedding });
    await told.settle();
    told.embedder.model = 'small';
    told.embedder.dimensions = 4;
    told.pages(without('a.md', after));
    await told.edit({ embedding: { ...embedding, model: 'small' } });
    told.crossed.length = 0;
    told.crashAfter = crashAfter;
    return told;
  }

  async function boundaries(): Promise<number> {
    const whole = await story(Number.POSITIVE_INFINITY);
    await whole.settle();
    await whole.pass(60_000);
    return whole.crossed.length;
  }

  test('at any point of a build is made good by the next process, and never leaves questions without an index', async () => {
    const count = await boundaries();
    expect(count).toBeGreaterThan(10);
    for (let crashAfter = 0; crashAfter < count; crashAfter++) {
      const told = await story(crashAfter);
      await expect(
        told.settle().then(() => told.pass(60_000)),
        `boundary ${crashAfter}`,
      ).rejects.toThrow('died');
      const documents = await told.documents();
      expect([4, 5], `boundary ${crashAfter}`).toContain(documents.length);

      told.restart();
      await told.settle();
      await told.pass(60_000);
      expect(await told.documents(), `boundary ${crashAfter}`).toEqual(paths('b', 'cache', 'quota', 'retry'));
      expect(told.status, `boundary ${crashAfter}`).toMatchObject({
        phase: 'Ready',
        indexGeneration: 2,
        withoutVector: 0,
      });
      expect(await told.generations, `boundary ${crashAfter}`).toEqual([2]);
      expect(told.status.documents).toBe(4);
    }
  });

  test('at any point of a deletion leaves nothing behind', async () => {
    for (let crashAfter = 0; crashAfter < 4; crashAfter++) {
      const told = await story(Number.POSITIVE_INFINITY);
      await told.settle();
      await told.kube.delete(kinds.knowledgeBase, { namespace: 'team-a', name: 'handbook' });
      told.crashAfter = crashAfter;
      await expect(told.settle(), `boundary ${crashAfter}`).rejects.toThrow('died');
      told.restart();
      if (!told.isGone) await told.settle();
      expect(told.isGone).toBe(true);
      expect(await told.generations).toEqual([]);
    }
  });

  test('of a build that somebody else began with other settings is given up', async () => {
    world.apply({ embedding });
    await world.settle();
    await world.store.open(
      { namespace: 'team-a', knowledgeBase: 'handbook', generation: 2 },
      { chunker: 'of another version' },
    );
    world.embedder.model = 'small';
    await world.edit({ embedding: { ...embedding, model: 'small' } });
    await world.settle();
    expect(world.status.index).toBe('team-a/handbook/3');
  });
});

describe('a change while the sources are read', () => {
  test('ends the reading, and the new spec is read', async () => {
    world.pages({ 'more.md': '# More\n\nA second ConfigMap.\n' }, 'more');
    world.apply({ sources: [{ name: 'site', urls: ['https://docs.example/a', 'https://docs.example/b'] }] });
    world.site.set('https://docs.example/a', '<h1>A</h1><p>Alpha.</p>');
    world.site.set('https://docs.example/b', '<h1>B</h1><p>Beta.</p>');
    await world.reconcile();
    const reading = world.reconcile();
    await world.edit({ sources: [{ name: 'more', configMap: { name: 'more' } }] });
    await reading;
    await world.settle();
    expect(await world.documents()).toEqual(['more/more.md']);
    expect(world.status.observedGeneration).toBe(2);
  });

  test('an annotation that somebody sets meanwhile is not lost', async () => {
    world.apply();
    await world.reconcile();
    const reading = world.reconcile();
    await world.annotate({ note: 'keep me' });
    await reading;
    await world.settle();
    expect(world.knowledgeBase.metadata.annotations).toMatchObject({ note: 'keep me' });
    expect(world.is('Ready')).toBe('True/Synced');
  });
});
