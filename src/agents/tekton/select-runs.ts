import type { TektonRun } from '../../backends/tekton/tekton-objects.ts';
import { found, missed, type Found } from '../found.ts';
import { endMomentOf, momentOf } from '../moment.ts';

export interface RunFilter {
  readonly pipeline?: string | undefined;
  readonly state?: TektonRun['state'] | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly nameContains?: string | undefined;
}

/** @param runs newest first; so is what is selected. */
export function selectRuns(runs: readonly TektonRun[], filter: RunFilter, now: Date): Found<readonly TektonRun[]> {
  const since = filter.since === undefined ? undefined : momentOf(filter.since, now);
  const until = filter.until === undefined ? undefined : endMomentOf(filter.until, now);
  if (filter.since !== undefined && !since) return notAMoment('since', filter.since);
  if (filter.until !== undefined && !until) return notAMoment('until', filter.until);
  const part = filter.nameContains?.toLowerCase() ?? '';
  return found(
    runs.filter(
      (run) =>
        (filter.pipeline === undefined || run.pipeline === filter.pipeline) &&
        (filter.state === undefined || run.state === filter.state) &&
        run.name.toLowerCase().includes(part) &&
        isBetween(run.createdAt, since, until),
    ),
  );
}

function isBetween(createdAt: string, since: Date | undefined, until: Date | undefined): boolean {
  const time = Date.parse(createdAt);
  return (!since || time >= since.getTime()) && (!until || time <= until.getTime());
}

function notAMoment(argument: string, text: string): Found<never> {
  return missed(
    'InvalidArgument',
    `${argument} "${text}" is neither a time nor an age.`,
    'Give an RFC 3339 time, a date, or an age such as 24h or 7d.',
  );
}
