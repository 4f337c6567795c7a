import type { KfpRun, KfpRunState } from './kfp-objects.ts';
import { unmarked } from './effect-mark.ts';
import { inlineNameOf, referenceOf } from './wire-objects.ts';
import type { WireRun } from './wire.ts';

const uniform: Readonly<Record<string, KfpRunState>> = {
  PENDING: 'Pending',
  PAUSED: 'Pending',
  RUNNING: 'Running',
  CANCELING: 'Running',
  SUCCEEDED: 'Succeeded',
  SKIPPED: 'Succeeded',
  FAILED: 'Failed',
  CANCELED: 'Cancelled',
};

/** KFP's words for each uniform state: what is asked for when runs are looked for by state. */
export function rawStatesOf(state: KfpRunState): readonly string[] {
  // A run that was stopped ends as FAILED.
  if (state === 'Cancelled') return ['CANCELED', 'FAILED'];
  return Object.entries(uniform).flatMap(([raw, meaning]) => (meaning === state ? [raw] : []));
}

export function isEnd(state: KfpRunState): boolean {
  return state === 'Succeeded' || state === 'Failed' || state === 'Cancelled';
}

type History = readonly { readonly state: string; readonly at: string }[];

/** A missing state means that the run has not begun. A run that failed while it was being stopped was stopped. */
export function uniformStateOf(raw: string, history: History): KfpRunState {
  const state = uniform[raw] ?? 'Pending';
  return state === 'Failed' && history.at(-2)?.state === 'CANCELING' ? 'Cancelled' : state;
}

/** @param uiUrl address of KFP's user interface. */
export function runOf(wire: WireRun, uiUrl?: string): KfpRun {
  const stateHistory = wire.state_history.flatMap(({ state, update_time: at }) =>
    at === undefined ? [] : [{ state, at }],
  );
  const state = uniformStateOf(wire.state, stateHistory);
  return {
    id: wire.run_id,
    name: wire.display_name,
    description: unmarked(wire.description),
    state,
    rawState: wire.state,
    stateHistory,
    isArchived: wire.storage_state === 'ARCHIVED',
    experimentId: wire.experiment_id || undefined,
    pipeline: referenceOf(wire.pipeline_version_reference),
    inlinePipelineName: inlineNameOf(wire.pipeline_spec),
    parameters: wire.runtime_config.parameters,
    serviceAccountName: wire.service_account || undefined,
    createdAt: wire.created_at,
    startedAt: stateHistory.find((entry) => entry.state === 'RUNNING')?.at,
    finishedAt: isEnd(state) ? wire.finished_at : undefined,
    url:
      uiUrl === undefined
        ? undefined
        : `${uiUrl.replace(/\/+$/, '')}/#/runs/details/${encodeURIComponent(wire.run_id)}`,
    scheduleId: wire.recurring_run_id || undefined,
    error: wire.error?.message === '' ? undefined : wire.error?.message,
  };
}

/** The last end state that was taken back since; a retry does that to a failed run, a second Workflow to any. */
export function takenBack({ stateHistory, state }: Pick<KfpRun, 'stateHistory' | 'state'>): string | undefined {
  if (isEnd(state)) return undefined;
  return stateHistory.findLast((entry) => isEnd(uniform[entry.state] ?? 'Pending'))?.state;
}
