import { describe, expect, test } from 'vitest';
import { knowledgeBaseSpec, type KnowledgeBase } from '../api/knowledge-base.ts';
import { resourceTypes } from '../kube/resource-types.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { FakeKube } from '../testing/fake-kube.ts';
import { silentLog } from '../testing/tool-context.ts';
import { createEmbedders } from './embedders.ts';

const embedding = { baseURL: 'http://models.test/v1', model: 'small', apiKeySecretRef: { name: 'key' } };

function aKnowledgeBase(generation: number, spec: object = { embedding }): KnowledgeBase {
  const metadata = {
    name: 'docs',
    namespace: 'team-a',
    uid: 'u',
    generation,
    creationTimestamp: '',
    resourceVersion: '1',
  };
  const sources = [{ name: 'a', configMap: { name: 'a' } }];
  return { apiVersion: '', kind: '', metadata, spec: knowledgeBaseSpec.parse({ sources, ...spec }) };
}

function given() {
  const clock = new FakeClock('2026-11-25T08:00:00Z');
  const kube = new FakeKube({ clock });
  const key = (value: string) => {
    kube.seed(resourceTypes.secret, {
      metadata: { name: 'key', namespace: 'team-a', annotations: { 'swarm.mlops.dev/allowed-hosts': 'models.test' } },
      data: { 'api-key': Buffer.from(value).toString('base64') },
    } as never);
  };
  key('one');
  const guard = { allowedHosts: [], deniedHosts: [] };
  return { clock, key, embedderFor: createEmbedders({ kube, clock, random: () => 0, log: silentLog, guard }) };
}

describe('the embedder of a knowledge base', () => {
  test('stays while its settings and its key stay the same', async () => {
    const { clock, embedderFor } = given();
    const first = await embedderFor(aKnowledgeBase(1));
    await clock.advance(60_000);
    expect(await embedderFor(aKnowledgeBase(1))).toBe(first);
  });

  test('is another one after its key was changed, and after its settings were', async () => {
    const { clock, key, embedderFor } = given();
    const first = await embedderFor(aKnowledgeBase(1));
    key('two');
    await clock.advance(30_000);
    const second = await embedderFor(aKnowledgeBase(1));
    expect(second).not.toBe(first);
    expect(await embedderFor(aKnowledgeBase(2))).not.toBe(second);
  });

  test('is not there where words are enough', async () => {
    const { embedderFor } = given();
    expect(await embedderFor(aKnowledgeBase(1, {}))).toBeUndefined();
  });
});
