import type { CallOptions } from './kfp-client.ts';
import type { KfpRun } from './kfp-objects.ts';
import { isEnd, takenBack } from './run-state.ts';
import type { WorkflowReader } from './workflow-reader.ts';

/** Sees whether the state that KFP has stored is the whole truth about a run. */
export type RunWitness = (run: KfpRun, options: CallOptions) => Promise<KfpRun>;

/**
 * KFP keeps one state for each run id, and whichever Workflow reports last sets it: an end state counts only when no
 * other Workflow of the run is still going, and one that was taken back is said to be.
 */
export function createRunWitness(workflows: WorkflowReader): RunWitness {
  return async (run, options) => {
    const earlier = takenBack(run);
    if (!isEnd(run.state) && earlier === undefined) return run;
    const listing = await workflows.list(run.id, options);
    const all = listing.kind === 'read' ? listing.workflows : [];
    const going = all.filter(({ phase }) => phase === '' || phase === 'Pending' || phase === 'Running');
    const names = going.map(({ name }) => name).join(', ');
    if (earlier !== undefined && all.length > 1) {
      const note = `Kubeflow Pipelines had stored ${earlier} and took it back: the run was started ${all.length} times, and ${names || 'none of its Workflows'} is still going.`;
      return { ...run, note };
    }
    // The Workflow that reported the end may not be the only one.
    if (isEnd(run.state) && going.length > 0 && all.length > 1) {
      const note = `Kubeflow Pipelines has stored ${run.rawState}, but the run was started ${all.length} times, and ${names} is still going.`;
      return { ...run, state: 'Running', finishedAt: undefined, note };
    }
    return run;
  };
}
