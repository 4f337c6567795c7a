import { createKfpRunObserver } from '../agents/kfp/kfp-run-observer.ts';
import type { PipelineRun } from '../api/common.ts';
import type { KfpSource } from '../backends/kfp/kfp-client.ts';
import { attempt } from '../base/attempt.ts';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { RunScope, RunSource } from '../reconcilers/runs.ts';

export interface KfpRunsDependencies {
  readonly kfp: KfpSource;
  readonly clock: Clock;
  readonly log: Log;
}

interface Look {
  readonly atMs: number;
  readonly run: PipelineRun | undefined;
}

/** One look serves every object that lists the run, and every event that comes meanwhile. */
const freshMs = 10_000;
const askLimitMs = 10_000;

/** Runs of Kubeflow Pipelines as Conversations and Intents see them: nothing tells of a change, so they are looked at. */
export function createKfpRuns({ kfp, clock, log }: KfpRunsDependencies): RunSource {
  const looks = new Map<string, Look>();
  const observer = createKfpRunObserver(kfp);
  const scopeOf = (run: PipelineRun, scope: RunScope) => ({
    ...scope,
    namespace: run.namespace,
    signal: AbortSignal.timeout(askLimitMs),
  });
  const forgetOld = () => {
    for (const [id, { atMs }] of looks) if (clock.monotonicMs() - atMs >= freshMs) looks.delete(id);
  };
  return {
    find: () => undefined,
    read: async (run, scope) => {
      forgetOld();
      const known = looks.get(run.id);
      if (known) return known.run;
      const asked = await attempt(() => observer.observe(run.id, scopeOf(run, scope)));
      if (!asked.ok) log.warn({ run: run.name, error: messageOf(asked.error) }, 'Looking at a run failed');
      // While Kubeflow Pipelines does not answer, what is known of the run stays as it is.
      const now = asked.ok ? asked.value && { ...asked.value, turn: run.turn } : run;
      looks.set(run.id, { atMs: clock.monotonicMs(), run: now });
      return now;
    },
    ownedBy: () => Promise.resolve([]),
    cancel: async (run, scope) => {
      const asked = scopeOf(run, scope);
      const client = await kfp.client(asked);
      await client.terminateRun(run.id, asked);
      looks.delete(run.id);
    },
    // It has no owner that would take it along.
    orphan: () => Promise.resolve(),
  };
}

/** Each run to the source of its backend. */
export function combineRuns(sources: Readonly<Record<PipelineRun['backend'], RunSource>>): RunSource {
  return {
    find: (run) => sources[run.backend].find(run),
    read: (run, scope) => sources[run.backend].read(run, scope),
    ownedBy: async (owner) => (await Promise.all(Object.values(sources).map((source) => source.ownedBy(owner)))).flat(),
    cancel: (run, scope) => sources[run.backend].cancel(run, scope),
    orphan: (run, scope) => sources[run.backend].orphan(run, scope),
  };
}
