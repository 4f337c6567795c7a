import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { kinds } from '../../../src/api/group.ts';
import { createElasticsearchStore } from '../../../src/retrieval/elasticsearch-store.ts';
import { KnowledgeBaseWorld } from '../../../src/testing/knowledge-base-world.ts';
import { clientFor, serverUnderTest } from './elasticsearch-under-test.ts';

const store = createElasticsearchStore({ client: clientFor(serverUnderTest()), clock: systemClock });
const base = { namespace: 'team-a', knowledgeBase: 'handbook' };
const embedding = { baseURL: 'https://models.example/v1', model: 'tiny' };
const page = (title: string, text: string) => `# ${title}\n\n${text}\n`;
const before = {
  'quota.md': page('Quotas', 'A ClusterQueue limits the cpu of a team.'),
  'cache.md': page('Caching', 'A step is skipped when its inputs are unchanged.'),
  'preempt.md': page('Preemption', 'High priority evicts low priority.'),
  'retry.md': page('Retries', 'A failed step runs again.'),
};
const after = {
  'quota.md': page('Quotas', 'Every giraffe has a quota.'),
  'cache.md': before['cache.md'],
  'preempt.md': before['preempt.md'],
  'news.md': page('News', 'Something new.'),
};

async function dropAll(): Promise<void> {
  for (const generation of await store.generations(base)) await store.drop({ ...base, generation });
}

describe('a knowledge base in Elasticsearch', () => {
  afterEach(dropAll);

  /** Built once; then another model and other documents: a second build, a switch, a removal. */
  async function story(): Promise<KnowledgeBaseWorld> {
    await dropAll();
    const world = new KnowledgeBaseWorld(store);
    world.pages(before);
    world.apply({ embedding });
    await world.settle();
    world.embedder.model = 'small';
    world.embedder.dimensions = 4;
    world.pages(after);
    await world.edit({ embedding: { ...embedding, model: 'small' } });
    world.crossed.length = 0;
    return world;
  }

  test('is built, found in, brought up to date, rebuilt and deleted', async () => {
    const world = await story();
    expect(world.status).toMatchObject({
      phase: 'Ready',
      index: 'swarm-team-a.handbook-g000001',
      documents: 4,
      withoutVector: 0,
    });
    expect(await world.find('evicted')).toEqual(['pages/preempt.md']);
    await world.settle();
    expect(world.status).toMatchObject({
      index: 'swarm-team-a.handbook-g000002',
      indexes: ['swarm-team-a.handbook-g000001', 'swarm-team-a.handbook-g000002'],
    });
    expect(await world.find('giraffes')).toEqual(['pages/quota.md']);
    await world.pass(60_000);
    expect(await world.generations).toEqual([2]);

    await world.kube.delete(kinds.knowledgeBase, { namespace: 'team-a', name: 'handbook' });
    await world.settle();
    expect(world.isGone).toBe(true);
    expect(await world.generations).toEqual([]);
    expect(await world.live).toBeUndefined();
  });

  test('survives a crash before and after every change of the server', { timeout: 300_000 }, async () => {
    const whole = await story();
    await whole.settle();
    await whole.pass(60_000);
    const acts = ['open', 'apply', 'activate', 'drop'];
    const points = [...whole.crossed.entries()].filter(([, name]) => acts.some((act) => name.endsWith(` ${act}`)));
    expect(new Set(points.map(([, name]) => name)).size).toBe(2 * acts.length);
    for (const [crashAfter, name] of points) {
      const world = await story();
      world.crashAfter = crashAfter;
      await expect(
        world.settle().then(() => world.pass(60_000)),
        name,
      ).rejects.toThrow('died');
      expect(await world.documents(), name).toHaveLength(4);
      world.restart();
      await world.settle();
      await world.pass(60_000);
      expect(await world.documents(), name).toEqual([
        'pages/cache.md',
        'pages/news.md',
        'pages/preempt.md',
        'pages/quota.md',
      ]);
      expect(world.status, name).toMatchObject({ phase: 'Ready', indexGeneration: 2, documents: 4, withoutVector: 0 });
      expect(await world.generations, name).toEqual([2]);
    }
  });
});
