import { type Clock } from '../../../src/base/clock.ts';
import { type Access } from './api/access.ts';
import { type MetadataStore } from './artifacts/metadata-store.ts';
import { type ObjectStore } from './artifacts/object-store.ts';
import { type MirroredPods } from './kubernetes/mirrored-pods.ts';
import { type Database } from './store/database.ts';
import { type Scripts } from './workflows/task-script.ts';
import { type WorkflowStore } from './workflows/workflow-store.ts';

/** Where the server dies: run creation is Workflow, then row, then answer. */
export type CrashPoint = 'before-workflow' | 'after-workflow' | 'after-row';

/** What can be changed while the simulator runs. */
export interface SimulatorSettings {
  /** Makes ids of its own, as a server would that does not honour a client's `run_id`. */
  ignoreRunId: boolean;
  /** The MLflow plugin of the default configuration, without an MLflow behind it. */
  mlflowPlugin: boolean;
  /** The next creation of a run ends here. */
  crashAt: CrashPoint | undefined;
  /** How long a Workflow without a row is left alone; 120 s in KFP. */
  orphanGraceMs: number;
  /** Lists show what is older than this. */
  listLagMs: number;
  /** How often Argo's controller looks at a Workflow. */
  stepMs: number;
  /** How long the persistence agent takes from a change to its report. */
  reportMs: number;
  /** How often the schedule controller looks at a schedule. */
  scheduleMs: number;
  /** Which of the processes around the API server run. */
  agent: boolean;
  argo: boolean;
  scheduler: boolean;
  /** Argo runs as many Workflows as it may: new ones wait. */
  argoIsBusy: boolean;
  /** Accounts that exist; a run as another one gets no pods. */
  serviceAccounts: readonly string[];
  scripts: Scripts;
}

export const defaultSettings: SimulatorSettings = {
  ignoreRunId: false,
  mlflowPlugin: true,
  crashAt: undefined,
  orphanGraceMs: 120_000,
  listLagMs: 0,
  stepMs: 300,
  reportMs: 50,
  scheduleMs: 1000,
  agent: true,
  argo: true,
  scheduler: true,
  argoIsBusy: false,
  serviceAccounts: ['pipeline-runner', 'default-editor', 'default'],
  scripts: {},
};

export type IdKind = 'pipeline' | 'version' | 'experiment' | 'run' | 'scheduled-run' | 'schedule' | 'task';

/** Where new ids and names come from; a replay puts in what was recorded. */
export interface Identities {
  id(kind: IdKind, name: string): string;
  /** The five characters that Kubernetes appends to a generated name. */
  suffix(generateName: string, owner: string): string;
}

/** Everything that the parts of the simulator share. */
export interface World {
  readonly clock: Clock;
  readonly settings: SimulatorSettings;
  readonly database: Database;
  readonly workflows: WorkflowStore;
  readonly objects: ObjectStore;
  readonly metadata: MetadataStore;
  readonly identities: Identities;
  /** The namespace of a single-user server and of its schedules. */
  readonly namespace: string;
  readonly bucket: string;
  /** Present in multi-user mode. */
  readonly access: Access | undefined;
  /** Real pods, where there is a cluster. */
  readonly pods: MirroredPods | undefined;
  /** Pipelines are Kubernetes objects. */
  readonly isKubernetesNative: boolean;
  /** Ends the server at once: no answer goes out any more. Never returns. */
  readonly die: () => never;
}

export const nowSeconds = (world: World): number => Math.floor(world.clock.now().getTime() / 1000);

/** The account that runs pipelines where nobody names one. */
export const defaultAccount = (world: World): string => (world.access ? 'default-editor' : 'pipeline-runner');
