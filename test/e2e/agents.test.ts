import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KnowledgeBase } from '../../src/api/knowledge-base.ts';
import type { SwarmConfig } from '../../src/api/swarm-config.ts';
import { type ObjectStoreAccess, putObjects, testObjectStore } from '../support/object-store.ts';
import { OperatorUnderTest } from '../support/operator-under-test.ts';
import { testCluster } from '../support/test-cluster.ts';
import { Story } from './story.ts';

const churn = [
  'customer,months,plan,churned',
  ...Array.from(
    { length: 200 },
    (_, row) => `c${row},${row % 48},${row % 3 === 0 ? 'basic' : 'plus'},${row % 5 === 0}`,
  ),
].join('\n');

const runbook = `# Retention runbook

## How long are model artifacts kept?

Model artifacts are kept for 90 days. After that the nightly job moves them to the archive bucket.

## How is a training run restarted?

Use the retry button of the run page. A run that was stopped by hand keeps its finished steps.
`;

describe('the agents, with a real object store and documents of the team', () => {
  const cluster = testCluster();
  const bucket = `raw-${randomBytes(4).toString('hex')}`;
  let store: ObjectStoreAccess;
  let operator: OperatorUnderTest;
  let story: Story;

  beforeAll(async () => {
    store = testObjectStore();
    story = await Story.begin(cluster, 'agents', () => operator.tail());
    operator = await OperatorUnderTest.start(cluster, { namespace: story.namespace });
    await putObjects(store, bucket, { 'churn/2026-10.csv': `${churn}\n`, 'notes/readme.md': '# Raw data\n' });
    await story.kubectl.apply({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'swarm-object-store', annotations: { 'swarm.mlops.dev/allowed-hosts': '127.0.0.1' } },
      stringData: { accessKeyId: store.accessKeyId, secretAccessKey: store.secretAccessKey },
    });
    await story.kubectl.apply(
      story.object('SwarmConfig', 'default', {
        model: { provider: 'builtin' },
        backends: { objectStore: { endpoint: store.endpoint, secretRef: { name: 'swarm-object-store' } } },
        policy: { buckets: [bucket] },
      }),
    );
    await story.kubectl.apply({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'runbooks' },
      data: { 'retention.md': runbook },
    });
    await story.kubectl.apply(
      story.object('KnowledgeBase', 'runbooks', { sources: [{ name: 'team', configMap: { name: 'runbooks' } }] }),
    );
  });

  afterAll(async () => {
    await story.end();
    await operator.stop();
  });

  const conditionOf = async (type: string) => {
    const { status } = await story.kubectl.get<SwarmConfig>('swarmconfig', 'default');
    return status?.conditions?.find((condition) => condition.type === type);
  };

  it('says that the object store answers, and that it never overwrites by accident', async () => {
    await story.until('the object store is found fine', async () => {
      return (await conditionOf('ObjectStoreReady'))?.status === 'True';
    });
    expect(await conditionOf('ConditionalWrites')).toMatchObject({ status: 'True', reason: 'Available' });
  });

  it('finds a file and tells what is in it', async () => {
    await story.say('files', `Profile churn/2026-10.csv in bucket ${bucket}.`);
    const { status } = await story.answer('files', 0);
    expect(status?.reply?.text).toMatch(/200/);
    expect(status?.tainted).toBe(true);
  });

  it('answers from the documents of the team, and names its source', async () => {
    await story.until('the documents are read', async () => {
      const { status } = await story.kubectl.get<KnowledgeBase>('knowledgebase', 'runbooks');
      return status?.phase === 'Ready';
    });
    await story.say('howto', 'How long are model artifacts kept?');
    const { status } = await story.answer('howto', 0);
    expect(status?.reply?.text).toMatch(/90 days.*\[1\]/s);
    expect(status?.reply?.citations).toMatchObject([{ n: 1, title: expect.stringContaining('Retention') as string }]);
  });
});
