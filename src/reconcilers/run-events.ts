import type { PipelineRun } from '../api/common.ts';
import type { eventReasons } from '../api/events.ts';
import type { KubeObject } from '../kube/kube-client.ts';
import { hasEnded, type RunHolder } from './runs.ts';

/** The part of the event recorder that is needed here. */
export interface RunEvents {
  record(event: {
    readonly regarding: KubeObject;
    readonly type: 'Normal' | 'Warning';
    readonly reason: keyof typeof eventReasons;
    readonly message: string;
  }): void;
}

/** One Event for each run whose end the status did not know before. */
export function recordRunEnds(events: RunEvents, holder: RunHolder, runs: readonly PipelineRun[] | undefined): void {
  const known = new Set((holder.status?.pipelineRuns ?? []).filter(hasEnded).map(({ id }) => id));
  for (const run of (runs ?? []).filter((candidate) => hasEnded(candidate) && !known.has(candidate.id))) {
    const good = run.state === 'Succeeded';
    events.record({
      regarding: holder,
      type: good ? 'Normal' : 'Warning',
      reason: good ? 'RunSucceeded' : 'RunFailed',
      message: `Run ${run.name} of pipeline ${run.pipeline} ended as ${run.state}`,
    });
  }
}
