import { randomBytes, randomUUID } from 'node:crypto';
import { type Clock, systemClock } from '../../../src/base/clock.ts';
import { type KubeClient } from '../../../src/kube/kube-client.ts';
import { Access, type MultiUserSettings } from './api/access.ts';
import { createApi } from './api/routes.ts';
import { MetadataStore } from './artifacts/metadata-store.ts';
import { MetadataServer } from './artifacts/metadata-server.ts';
import { memoryObjectStore, type ObjectStore } from './artifacts/object-store.ts';
import { Controllers } from './controllers.ts';
import { type Fault, Faults } from './faults.ts';
import { HttpServer, type SeenRequest, ServerDied } from './http-server.ts';
import { MirroredPods } from './kubernetes/mirrored-pods.ts';
import { Database } from './store/database.ts';
import { kubeWorkflowStore, memoryWorkflowStore, type WorkflowStore } from './workflows/workflow-store.ts';
import { defaultSettings, type Identities, type SimulatorSettings, type World } from './world.ts';

export interface KfpSimulatorOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  readonly clock?: Clock;
  /** Where a single-user server runs its Workflows; default `kubeflow`. */
  readonly namespace?: string;
  /** Workflows are created in this API server; without it, in memory. */
  readonly kubernetes?: { readonly client: KubeClient; readonly namespaces?: readonly string[] };
  /** Where artifacts and logs go; default memory. */
  readonly objectStore?: { readonly store: ObjectStore; readonly bucket: string };
  /** A file that outlives the process; default memory. */
  readonly databasePath?: string;
  readonly multiUser?: MultiUserSettings;
  readonly isKubernetesNative?: boolean;
  readonly settings?: Partial<SimulatorSettings>;
  readonly identities?: Identities;
  /** How the server ends at a crash point; default: it stops answering. */
  readonly die?: () => never;
  /** How often the controllers look for something to do; 0: only when `tick` is called. Default 50. */
  readonly tickMs?: number;
}

export interface KfpSimulator {
  /** For example `http://127.0.0.1:41234`. */
  readonly url: string;
  /** Host and port of ML Metadata. */
  readonly mlmdAddress: string;
  readonly settings: SimulatorSettings;
  /** Requests in order of their answers. */
  readonly requests: readonly SeenRequest[];
  readonly world: World;
  /** Resolves when a crash point was hit. */
  readonly died: Promise<void>;
  addFault(fault: Fault): void;
  clearFaults(): void;
  tick(): Promise<void>;
  close(): Promise<void>;
}

const host = '127.0.0.1';
const defaultTickMs = 50;
const defaultBucket = 'mlpipeline';

/** A Kubeflow Pipelines 2.17 server as its clients see it, with what stands around it: Argo, ML Metadata, artifacts. */
export async function startKfpSimulator(options: KfpSimulatorOptions = {}): Promise<KfpSimulator> {
  const clock = options.clock ?? systemClock;
  const settings = { ...defaultSettings, ...options.settings };
  const death = Promise.withResolvers<undefined>();
  const world = createWorld(options, {
    clock,
    settings,
    die:
      options.die ??
      (() => {
        server.die();
        death.resolve(undefined);
        throw new ServerDied();
      }),
  });
  const api = createApi(world);
  const faults = new Faults(clock);
  const server = new HttpServer(api.routes, { faults, onBug: reportBug });
  api.experiments.createDefault();
  const controllers = new Controllers(world, api.reports);
  const port = await server.listen(host, options.port ?? 0);
  const metadata = await MetadataServer.start(world.metadata, host);
  const stopTicking = keepTicking(controllers, clock, options.tickMs ?? defaultTickMs);
  return {
    url: `http://${host}:${port}`,
    mlmdAddress: metadata.address,
    settings,
    requests: server.requests,
    world,
    died: death.promise,
    addFault: (fault) => {
      faults.add(fault);
    },
    clearFaults: () => {
      faults.clear();
    },
    tick: () => controllers.tick(),
    close: async () => {
      await stopTicking();
      await server.close();
      metadata.close();
      world.database.close();
    },
  };
}

interface Core {
  readonly clock: Clock;
  readonly settings: SimulatorSettings;
  readonly die: () => never;
}

function createWorld(options: KfpSimulatorOptions, core: Core): World {
  const namespace = options.namespace ?? 'kubeflow';
  return {
    ...core,
    database: new Database(options.databasePath),
    workflows: workflowStoreOf(options, core.clock, namespace),
    objects: options.objectStore?.store ?? memoryObjectStore(),
    bucket: options.objectStore?.bucket ?? defaultBucket,
    metadata: new MetadataStore(),
    identities: options.identities ?? randomIdentities,
    namespace,
    access: options.multiUser ? new Access(options.multiUser) : undefined,
    pods: options.kubernetes && new MirroredPods(options.kubernetes.client),
    isKubernetesNative: options.isKubernetesNative ?? false,
  };
}

function workflowStoreOf({ kubernetes }: KfpSimulatorOptions, clock: Clock, namespace: string): WorkflowStore {
  if (!kubernetes) return memoryWorkflowStore(clock);
  return kubeWorkflowStore(kubernetes.client, kubernetes.namespaces ?? [namespace]);
}

const randomIdentities: Identities = {
  id: () => randomUUID(),
  suffix: () => [...randomBytes(5)].map((byte) => 'bcdfghjklmnpqrstvwxz2456789'.charAt(byte % 27)).join(''),
};

/** Looks again and again, never twice at a time. @returns how to stop it, which waits for the last look */
function keepTicking(controllers: Controllers, clock: Clock, tickMs: number): () => Promise<void> {
  if (tickMs === 0) return () => Promise.resolve();
  const stop = new AbortController();
  const loop = async () => {
    while (!stop.signal.aborted) {
      await controllers.tick().catch(reportBug);
      await clock.sleep(tickMs, stop.signal).catch(() => undefined);
    }
  };
  const running = loop();
  return async () => {
    stop.abort();
    await running;
  };
}

/** A simulator that is wrong must not look like a server that is slow. */
function reportBug(error: unknown): void {
  console.error('KFP simulator:', error);
}
