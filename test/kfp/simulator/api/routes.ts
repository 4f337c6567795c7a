import { type World } from '../world.ts';
import { type Handler } from './api-request.ts';
import { ExperimentService } from './experiment-service.ts';
import { LogService } from './log-service.ts';
import { OldApi } from './old-api.ts';
import { PipelineService } from './pipeline-service.ts';
import { RecurringRunService } from './recurring-run-service.ts';
import { ReportService } from './report-service.ts';
import { RunActions } from './run-actions.ts';
import { RunService } from './run-service.ts';
import { UploadService } from './upload-service.ts';

export interface Route {
  /** `*`: any method, as handlers beside the gateway take it. */
  readonly method: string;
  /** `{name}` stands for one part of the path. */
  readonly path: string;
  readonly handler: Handler;
}

export interface Api {
  readonly routes: readonly Route[];
  readonly experiments: ExperimentService;
  readonly reports: ReportService;
}

const v2 = '/apis/v2beta1';
const v1 = '/apis/v1beta1';

export function createApi(world: World): Api {
  const pipelines = new PipelineService(world);
  const experiments = new ExperimentService(world);
  const runs = new RunService(world, experiments);
  const reports = new ReportService(world);
  const routes = [
    ...healthRoutes(world),
    ...uploadRoutes(new UploadService(world, pipelines)),
    ...logRoutes(new LogService(world)),
    ...pipelineRoutes(pipelines),
    ...experimentRoutes(experiments),
    ...runRoutes(runs, new RunActions(world, runs)),
    ...recurringRunRoutes(new RecurringRunService(world, experiments)),
    ...oldRoutes(new OldApi(world)),
    route('POST', `${v2}/workflows`, (request) => reports.receive(request)),
    route('POST', `${v2}/scheduledworkflows`, (request) => reports.receiveSchedule(request)),
  ];
  return { routes, experiments, reports };
}

const route = (method: string, path: string, handler: Handler): Route => ({ method, path, handler });

function healthRoutes(world: World): Route[] {
  const health = { commit_sha: '4a3592cb2dd0', tag_name: '2.17.0', multi_user: world.access !== undefined };
  const store = world.isKubernetesNative ? 'kubernetes' : 'database';
  return [
    route('*', `${v2}/healthz`, () => Promise.resolve({ ...health, pipeline_store: store })),
    route('*', `${v1}/healthz`, () => Promise.resolve(health)),
  ];
}

const uploadRoutes = (uploads: UploadService): Route[] => [
  route('*', `${v2}/pipelines/upload`, (request) => uploads.uploadPipeline(request)),
  route('*', `${v2}/pipelines/upload_version`, (request) => uploads.uploadVersion(request)),
];

const logRoutes = (logs: LogService): Route[] => [
  route('GET', '/apis/v1alpha1/runs/{id}/nodes/{node}/log', (request) => logs.log(request)),
  ...[v2, v1].map((api) =>
    route('GET', `${api}/runs/{id}/nodes/{node}/artifacts/{artifact}:read`, (request) => logs.artifact(request)),
  ),
];

const pipelineRoutes = (pipelines: PipelineService): Route[] => [
  route('GET', `${v2}/pipelines`, (request) => pipelines.list(request)),
  route('POST', `${v2}/pipelines`, (request) => pipelines.create(request)),
  route('POST', `${v2}/pipelines/create`, (request) => pipelines.createFromUrl(request)),
  route('GET', `${v2}/pipelines/names/{name}`, (request) => pipelines.getByName(request)),
  route('GET', `${v2}/pipelines/{id}`, (request) => pipelines.get(request)),
  route('PATCH', `${v2}/pipelines/{id}`, (request) => pipelines.update(request)),
  route('DELETE', `${v2}/pipelines/{id}`, (request) => pipelines.delete(request)),
  route('GET', `${v2}/pipelines/{id}/versions`, (request) => pipelines.listVersions(request)),
  route('POST', `${v2}/pipelines/{id}/versions`, (request) => pipelines.createFromUrl(request)),
  route('GET', `${v2}/pipelines/{id}/versions/{version}`, (request) => pipelines.getVersion(request)),
  route('PATCH', `${v2}/pipelines/{id}/versions/{version}`, (request) => pipelines.updateVersion(request)),
  route('DELETE', `${v2}/pipelines/{id}/versions/{version}`, (request) => pipelines.deleteVersion(request)),
];

const experimentRoutes = (experiments: ExperimentService): Route[] => [
  route('GET', `${v2}/experiments`, (request) => experiments.list(request)),
  route('POST', `${v2}/experiments`, (request) => experiments.create(request)),
  route('GET', `${v2}/experiments/{id}`, (request) => experiments.get(request)),
  route('DELETE', `${v2}/experiments/{id}`, (request) => experiments.delete(request)),
  route('POST', `${v2}/experiments/{id}:archive`, (request) => experiments.setStorageState(request, 'ARCHIVED')),
  route('POST', `${v2}/experiments/{id}:unarchive`, (request) => experiments.setStorageState(request, 'AVAILABLE')),
];

const runRoutes = (runs: RunService, actions: RunActions): Route[] => [
  route('GET', `${v2}/runs`, (request) => runs.list(request)),
  route('POST', `${v2}/runs`, (request) => runs.create(request)),
  route('GET', `${v2}/runs/{id}`, (request) => runs.get(request)),
  route('DELETE', `${v2}/runs/{id}`, (request) => actions.delete(request)),
  route('POST', `${v2}/runs/{id}:terminate`, (request) => actions.terminate(request)),
  route('POST', `${v2}/runs/{id}:retry`, (request) => actions.retry(request)),
  route('POST', `${v2}/runs/{id}:archive`, (request) => actions.setStorageState(request, 'ARCHIVED')),
  route('POST', `${v2}/runs/{id}:unarchive`, (request) => actions.setStorageState(request, 'AVAILABLE')),
];

const recurringRunRoutes = (schedules: RecurringRunService): Route[] => [
  route('GET', `${v2}/recurringruns`, (request) => schedules.list(request)),
  route('POST', `${v2}/recurringruns`, (request) => schedules.create(request)),
  route('GET', `${v2}/recurringruns/{id}`, (request) => schedules.get(request)),
  route('DELETE', `${v2}/recurringruns/{id}`, (request) => schedules.delete(request)),
  route('POST', `${v2}/recurringruns/{id}:enable`, (request) => schedules.setEnabled(request, true)),
  route('POST', `${v2}/recurringruns/{id}:disable`, (request) => schedules.setEnabled(request, false)),
];

const oldRoutes = (old: OldApi): Route[] => [
  ...['pipelines', 'runs', 'jobs'].map((kind) => route('GET', `${v1}/${kind}`, () => old.empty())),
  route('GET', `${v1}/experiments`, () => old.listExperiments()),
  route('GET', `${v1}/experiments/{id}`, (request) => old.getExperiment(request)),
  route('POST', `${v1}/runs`, (request) => old.createRun(request)),
  route('GET', `${v1}/runs/{id}`, (request) => old.getRun(request)),
  route('GET', `${v1}/pipeline_versions`, (request) => old.listVersions(request)),
  route('GET', `${v1}/auth`, (request) => old.authorize(request)),
  route('POST', `${v1}/visualizations/{namespace}`, () => old.visualize()),
  route('GET', '/apis/v1alpha1/tasks', () => old.empty()),
];
