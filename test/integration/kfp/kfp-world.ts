import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { createKfpClient } from '../../../src/backends/kfp/create-kfp-client.ts';
import { type KfpClient } from '../../../src/backends/kfp/kfp-client.ts';
import { type KfpObjectReader } from '../../../src/backends/kfp/kfp-settings.ts';
import { createSubmissionMemory } from '../../../src/backends/kfp/submission-memory.ts';
import { type Clock, systemClock } from '../../../src/base/clock.ts';
import { createMetrics } from '../../../src/base/metrics.ts';
import { type ClosableKubeClient, createKubeClient } from '../../../src/kube/client-node-adapter.ts';
import { memoryObjectStore, type ObjectStore, s3ObjectStore } from '../../kfp/simulator/artifacts/object-store.ts';
import { type KfpSimulator, startKfpSimulator } from '../../kfp/simulator/start-kfp-simulator.ts';
import { type SimulatorSettings } from '../../kfp/simulator/world.ts';
import { createTeamNamespace, type TeamNamespace } from '../../support/team-namespace.ts';
import { type TestCluster, testCluster } from '../../support/test-cluster.ts';

const crd = fileURLToPath(new URL('../../kfp/simulator/kubernetes/workflow-crd.yaml', import.meta.url));

/** A Kubeflow Pipelines whose runs are Workflows of the test cluster, and Swarm's own client for it. */
export interface KfpWorld {
  readonly cluster: TestCluster;
  readonly team: TeamNamespace;
  readonly namespace: string;
  readonly kube: ClosableKubeClient;
  readonly objects: ObjectStore;
  readonly bucket: string;
  readonly simulator: KfpSimulator;
  /** Acts with the rights of the team's run-as account. */
  client(options?: ClientOptions): KfpClient;
  close(): Promise<void>;
}

export interface ClientOptions {
  /** Default: the simulator of the world. */
  readonly url?: string;
  readonly clock?: Clock;
  readonly timeoutMs?: number;
}

/** Quick enough for tests, slow enough to be seen. */
export const quick: Partial<SimulatorSettings> = { stepMs: 200, reportMs: 30 };

export async function createKfpWorld(settings: Partial<SimulatorSettings> = {}): Promise<KfpWorld> {
  const base = await createKfpCluster();
  const { kube, namespace, objects, bucket } = base;
  const simulator = await startKfpSimulator({
    namespace,
    kubernetes: { client: kube },
    objectStore: { store: objects, bucket },
    settings: { ...quick, ...settings },
    tickMs: 100,
  });
  return {
    ...base,
    simulator,
    client: (options = {}) => clientOf(base, { url: simulator.url, ...options }, `http://${simulator.mlmdAddress}`),
    close: async () => {
      await simulator.close();
      await base.close();
    },
  };
}

type KfpCluster = Omit<KfpWorld, 'simulator' | 'client'>;

/** The kind that Argo's controller would bring. */
export async function installWorkflows({ kubectl }: TestCluster): Promise<void> {
  await kubectl.run('apply', '-f', crd);
  await kubectl.run('wait', '--for=condition=Established', 'crd/workflows.argoproj.io', '--timeout=30s');
}

/** The cluster's side alone: a team's namespace, the Workflow kind, and an object store. */
export async function createKfpCluster(): Promise<KfpCluster> {
  const cluster = testCluster();
  await installWorkflows(cluster);
  const team = await createTeamNamespace(cluster.kubectl, 'kfp');
  const kube = createKubeClient({
    kubeconfig: cluster.kubeconfig,
    clock: systemClock,
    metrics: createMetrics(),
    userAgent: 'kfp-simulator',
  });
  const bucket = `kfp-${randomBytes(4).toString('hex')}`;
  return {
    cluster,
    team,
    namespace: team.name,
    kube,
    bucket,
    objects: await objectStoreOf(bucket),
    close: async () => {
      kube.close();
      await team.remove();
    },
  };
}

/** The S3 server of the environment, if it names one. */
async function objectStoreOf(bucket: string): Promise<ObjectStore> {
  const endpoint = process.env['SWARM_TEST_S3_ENDPOINT'];
  if (endpoint === undefined) return memoryObjectStore();
  const [accessKey, secretKey] = [process.env['SWARM_TEST_S3_ACCESS_KEY'], process.env['SWARM_TEST_S3_SECRET_KEY']];
  if (accessKey === undefined || secretKey === undefined)
    throw new Error('SWARM_TEST_S3_ENDPOINT is set without its keys');
  return s3ObjectStore({ endpoint, accessKey, secretKey, bucket });
}

export function clientOf(
  { kube, namespace, objects, bucket }: Pick<KfpWorld, 'kube' | 'namespace' | 'objects' | 'bucket'>,
  { url, clock = systemClock, timeoutMs = 20_000 }: ClientOptions & { readonly url: string },
  metadataUrl: string,
): KfpClient {
  return createKfpClient({
    url,
    namespace,
    fetch,
    clock,
    random: () => 0.5,
    memory: createSubmissionMemory(clock),
    cluster: { kube, impersonate: `system:serviceaccount:${namespace}:swarm-runner` },
    metadataUrl,
    objects: readerOf(objects, bucket),
    timeoutMs,
  });
}

function readerOf(objects: ObjectStore, bucket: string): KfpObjectReader {
  const contentOf = async (uri: string) => {
    const [, theirs, key] = /^(?:s3|minio):\/\/([^/]+)\/(.+)$/u.exec(uri) ?? [];
    const text = theirs === bucket && key !== undefined ? await objects.get(key) : undefined;
    return text === undefined ? undefined : Buffer.from(text);
  };
  return {
    size: async (uri) => (await contentOf(uri))?.length,
    read: async ({ uri, maxBytes, from }) => {
      const content = await contentOf(uri);
      return from === 'start' ? content?.subarray(0, maxBytes) : content?.subarray(-maxBytes);
    },
  };
}
