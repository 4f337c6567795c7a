import type { TektonParameter, TektonPipeline, TektonRun, TektonTaskRun } from '../backends/tekton/tekton-objects.ts';

/** An object of which a test says only what it is about. */
export type Named<T> = Partial<T> & { readonly name: string };

export function aTektonParameter(parameter: Named<TektonParameter>): TektonParameter {
  return { type: 'string', properties: [], ...parameter };
}

export function aTektonPipeline(pipeline: Named<TektonPipeline>): TektonPipeline {
  return { createdAt: '2026-01-01T00:00:00Z', parameters: [], workspaces: [], tasks: [], results: [], ...pipeline };
}

export function aTektonRun(run: Named<TektonRun>): TektonRun {
  return {
    uid: `uid-${run.name}`,
    pipeline: 'build',
    source: 'name',
    createdAt: '2026-01-01T00:00:00Z',
    state: 'Pending',
    reason: '',
    message: '',
    parameters: [],
    defaults: [],
    results: [],
    children: [],
    skippedTasks: [],
    tasks: [],
    workspaces: [],
    ownSettings: [],
    ...run,
  };
}

export function aTektonTaskRun(taskRun: Named<TektonTaskRun>): TektonTaskRun {
  return {
    uid: `uid-${taskRun.name}`,
    task: taskRun.name,
    state: 'Running',
    reason: 'Running',
    message: '',
    steps: [],
    results: [],
    attempts: 1,
    ...taskRun,
  };
}
