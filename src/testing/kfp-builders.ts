import type {
  KfpExperiment,
  KfpParameter,
  KfpPipeline,
  KfpPipelineTask,
  KfpRun,
  KfpRunState,
  KfpSchedule,
  KfpVersion,
} from '../backends/kfp/kfp-objects.ts';

export type Named<T extends { readonly name: string }> = Partial<T> & Pick<T, 'name'>;

export function aKfpParameter(parameter: Named<KfpParameter>): KfpParameter {
  return { type: 'STRING', isOptional: parameter.default !== undefined, ...parameter };
}

export function aKfpPipelineTask(task: Named<KfpPipelineTask>): KfpPipelineTask {
  return {
    displayName: task.name,
    kind: 'container',
    after: [],
    image: 'python:3.11-slim',
    resources: {},
    isCacheEnabled: true,
    ...task,
  };
}

export function aKfpPipeline(pipeline: Named<KfpPipeline>): KfpPipeline {
  return { id: pipeline.name, displayName: pipeline.name, namespace: '', tags: {}, ...pipeline };
}

export type VersionOptions = Named<KfpVersion> & {
  readonly parameters?: readonly Named<KfpParameter>[];
  readonly tasks?: readonly Named<KfpPipelineTask>[];
};

export function aKfpVersion({ parameters = [], tasks = [], ...version }: VersionOptions): KfpVersion {
  const pipelineId = version.pipelineId ?? version.name;
  const spec = {
    name: pipelineId,
    parameters: parameters.map(aKfpParameter),
    tasks: tasks.map(aKfpPipelineTask),
  };
  return { id: `${pipelineId}-${version.name}`, pipelineId, displayName: version.name, spec, ...version };
}

export function aKfpExperiment(experiment: Named<KfpExperiment>): KfpExperiment {
  return { id: experiment.name, namespace: '', isArchived: false, ...experiment };
}

const rawStates: Readonly<Record<KfpRunState, string>> = {
  Pending: 'PENDING',
  Running: 'RUNNING',
  Succeeded: 'SUCCEEDED',
  Failed: 'FAILED',
  Cancelled: 'CANCELED',
};

export function aKfpRun(run: Named<KfpRun>): KfpRun {
  const state = run.state ?? 'Succeeded';
  return {
    id: run.name,
    state,
    rawState: rawStates[state],
    stateHistory: [],
    isArchived: false,
    parameters: {},
    ...run,
  };
}

export function aKfpSchedule(schedule: Named<KfpSchedule>): KfpSchedule {
  const isEnabled = schedule.isEnabled ?? true;
  return {
    id: schedule.name,
    isEnabled,
    trigger: { kind: 'cron', cron: '0 0 2 * * *' },
    parameters: {},
    maxConcurrency: 1,
    catchup: false,
    rawStatus: isEnabled ? 'ENABLED' : 'DISABLED',
    ...schedule,
  };
}

/** The smallest compiled pipeline of this name that Kubeflow Pipelines takes. */
export function pipelineFileOf(name: string): string {
  return [
    'components:',
    '  comp-greet:',
    '    executorLabel: exec-greet',
    'deploymentSpec:',
    '  executors:',
    '    exec-greet:',
    '      container:',
    '        image: python:3.11-slim',
    'pipelineInfo:',
    `  name: ${name}`,
    'root:',
    '  dag:',
    '    tasks:',
    '      greet:',
    '        componentRef:',
    '          name: comp-greet',
    '        taskInfo:',
    '          name: greet',
    'schemaVersion: 2.1.0',
    'sdkVersion: kfp-2.17.0',
    '',
  ].join('\n');
}
