import { type AddressInfo } from 'node:net';
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SwarmConfig } from '../../src/api/swarm-config.ts';
import { type KfpSimulator, startKfpSimulator } from '../kfp/simulator/start-kfp-simulator.ts';
import { testObjectStore } from '../support/object-store.ts';
import { OperatorUnderTest } from '../support/operator-under-test.ts';
import { testCluster } from '../support/test-cluster.ts';
import { Story } from './story.ts';

/** Nobody listens there. */
const nowhere = 'http://127.0.0.1:9';

describe('backends that are not as the settings say', () => {
  const cluster = testCluster();
  const store = testObjectStore();
  const elasticsearch = process.env['SWARM_TEST_ELASTICSEARCH_URL'] ?? '';
  let kfp: KfpSimulator;
  let operator: OperatorUnderTest;
  let story: Story;

  beforeAll(async () => {
    kfp = await startKfpSimulator({ settings: { stepMs: 20, reportMs: 5 } });
    story = await Story.begin(cluster, 'settings', () => operator.tail());
    operator = await OperatorUnderTest.start(cluster, { namespace: story.namespace });
    await secret('swarm-object-store', { accessKeyId: store.accessKeyId, secretAccessKey: store.secretAccessKey });
  });

  afterAll(async () => {
    await story.end();
    await operator.stop();
    await kfp.close();
  });

  const secret = (name: string, stringData: Record<string, string>) =>
    story.kubectl.apply({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, annotations: { 'swarm.mlops.dev/allowed-hosts': '127.0.0.1,localhost' } },
      stringData,
    });

  const configure = (backends: object, policy: object = {}) =>
    story.kubectl.apply(story.object('SwarmConfig', 'default', { model: { provider: 'builtin' }, backends, policy }));

  const objectStore = { endpoint: store.endpoint, secretRef: { name: 'swarm-object-store' } };
  const cases: Record<string, { backends: object; policy?: object; type: string; reason: string; says: RegExp }> = {
    'a Kubeflow address where nobody listens': {
      backends: { kfp: { url: nowhere, auth: 'None' } },
      type: 'KfpReady',
      reason: 'Unreachable',
      says: /127\.0\.0\.1:9/,
    },
    'a Secret that is missing': {
      backends: { objectStore: { ...objectStore, secretRef: { name: 'swarm-kfp' } } },
      type: 'ObjectStoreReady',
      reason: 'SecretNotFound',
      says: /kubectl -n .* create secret generic swarm-kfp/,
    },
    'a bucket that does not exist': {
      backends: { objectStore },
      policy: { buckets: ['no-such-bucket-here'] },
      type: 'ObjectStoreReady',
      reason: 'NotFound',
      says: /no-such-bucket-here/,
    },
    'an Elasticsearch whose certificate nobody vouches for': {
      backends: { elasticsearch: { nodes: [elasticsearch] } },
      type: 'ElasticsearchReady',
      reason: 'CertificateInvalid',
      says: /caSecretRef/,
    },
  };
  it.each(Object.entries(cases))('%s is one condition that says what to do', async (_name, wanted) => {
    const { backends, policy, type, reason, says } = wanted;
    await configure(backends, policy);
    await story.until(`${type} says ${reason}`, async () => {
      const { metadata, status } = await story.kubectl.get<SwarmConfig>('swarmconfig', 'default');
      const found = status?.conditions?.find((condition) => condition.type === type);
      const isFresh = found?.observedGeneration === metadata.generation;
      return isFresh && found.status === 'False' && found.reason === reason && says.test(found.message);
    });
  });

  it('a Kubeflow address where something else listens is called that', async () => {
    const website = createServer((_request, response) => response.end('<html>Welcome</html>'));
    await new Promise<void>((resolve) => website.listen(0, '127.0.0.1', resolve));
    await configure({ kfp: { url: `http://127.0.0.1:${(website.address() as AddressInfo).port}`, auth: 'None' } });
    await story.until('the wrong server is reported', async () => {
      const { status } = await story.kubectl.get<SwarmConfig>('swarmconfig', 'default');
      const found = status?.conditions?.find(({ type }) => type === 'KfpReady');
      return found?.reason === 'WrongSettings' && found.message.includes('backends.kfp.url');
    });
    website.close();
  });

  it('a wrong key is reported, and heals by itself once the Secret is right', async () => {
    await secret('swarm-object-store', { accessKeyId: store.accessKeyId, secretAccessKey: 'wrong-wrong-wrong' });
    await configure({ objectStore });
    const condition = async () => {
      const { status } = await story.kubectl.get<SwarmConfig>('swarmconfig', 'default');
      return status?.conditions?.find(({ type }) => type === 'ObjectStoreReady');
    };
    await story.until('the wrong key is reported', async () => (await condition())?.status === 'False');
    expect((await condition())?.message).toMatch(/secretAccessKey|key/);
    await secret('swarm-object-store', { accessKeyId: store.accessKeyId, secretAccessKey: store.secretAccessKey });
    await story.until('the right key is found', async () => (await condition())?.status === 'True');
  });

  it('a backend that hangs holds up nobody who asks for something else', async () => {
    await configure({ objectStore, kfp: { url: kfp.url, auth: 'None' } });
    kfp.addFault({ path: '/', action: 'hang', times: 1_000 });
    await story.say('other', 'Which Tekton pipelines are there?');
    const { status } = await story.answer('other', 0);
    expect(status?.reply?.text).toContain('churn-train');
    await story.say('again', 'Which Tekton pipelines are there?');
    const since = performance.now();
    await story.answer('again', 0);
    // It was found hanging once; that is remembered.
    expect(performance.now() - since).toBeLessThan(30_000);
    kfp.clearFaults();
  });
});
