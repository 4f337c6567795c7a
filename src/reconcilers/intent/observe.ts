import type { Intent } from '../../api/intent.ts';
import type { Turn } from '../../api/turn.ts';
import type { Clock } from '../../base/clock.ts';
import type { Cache } from '../../operator/cache.ts';
import { objectKey } from '../../operator/object-key.ts';
import type { ObjectKey } from '../../operator/reconciler.ts';
import { keepUntilAnnotation } from '../new-turn.ts';
import { boundedRun, currentRuns, runScopeOf, type RunSource } from '../runs.ts';
import { intentTurnName } from '../turn-names.ts';
import { isTurnFinished, type Observed } from './observed.ts';

export interface ObserveDependencies {
  readonly intents: Cache<Intent>;
  /** With an index `owner` by UID of the owner, and with `keptTurnIndex`. */
  readonly turns: Cache<Turn>;
  readonly runs: RunSource;
  readonly clock: Pick<Clock, 'now'>;
}

/** Turns that outlive their Intent, by the Intent's key. */
export const keptTurnIndex = {
  kept: (turn: Turn) =>
    turn.metadata.annotations?.[keepUntilAnnotation] === undefined
      ? []
      : [objectKey(turn.metadata.namespace, turn.spec.owner.name)],
};

export async function observeIntent(
  { intents, turns, runs, clock }: ObserveDependencies,
  key: ObjectKey,
): Promise<Observed | undefined> {
  const intent = intents.get(key);
  if (!intent) return undefined;
  const now = clock.now();
  const turnName = intentTurnName(intent);
  const turn = turns.get(objectKey(intent.metadata.namespace, turnName));
  const earlier = turns
    .byIndex('owner', intent.metadata.uid)
    .filter((candidate) => candidate.spec.owner.kind === 'Intent' && candidate.metadata.name !== turnName);
  const known = [...(intent.status?.pipelineRuns ?? []), ...(turn?.status?.pipelineRuns ?? [])];
  const current = await currentRuns(runs, known, { scope: runScopeOf(intent.spec), now });
  return {
    intent,
    turnName,
    turn,
    superseded: earlier.filter((candidate) => !isTurnFinished(candidate)),
    runs: current.map(boundedRun),
    now,
  };
}
