import { conditionOf, isTrue } from '../../api/conditions.ts';
import { announcedConditions } from '../../api/events.ts';
import type { Turn } from '../../api/turn.ts';
import type { TurnReconcilerDependencies } from './dependencies.ts';
import { isFinished } from './observed.ts';

/** Tells people and metrics what a write has changed. */
export function announce(
  before: Turn,
  after: Turn,
  dependencies: Pick<TurnReconcilerDependencies, 'events' | 'metrics'>,
): void {
  const { events } = dependencies;
  for (const [type, level] of entriesOf(announcedConditions)) {
    const condition = conditionOf(after.status?.conditions, type);
    if (condition?.status !== 'True' || isTrue(before.status?.conditions, type)) continue;
    events.record({ regarding: after, type: level, reason: condition.reason, message: condition.message });
  }
  if (!isFinished(before) && isFinished(after)) announceEnd(after, dependencies);
}

function entriesOf<Key extends string, Value>(record: Readonly<Record<Key, Value>>): [Key, Value][] {
  return Object.entries(record) as [Key, Value][];
}

function announceEnd(turn: Turn, { events, metrics }: Pick<TurnReconcilerDependencies, 'events' | 'metrics'>): void {
  const { phase = 'Failed', finishedAt = '', conditions } = turn.status ?? {};
  metrics.turnsTotal.inc({ outcome: phase });
  const tookMs = Date.parse(finishedAt) - Date.parse(turn.metadata.creationTimestamp);
  metrics.turnDurationSeconds.observe(Math.max(0, tookMs / 1000));
  const ending = conditionOf(conditions, 'Succeeded');
  if (phase !== 'Failed' || !ending) return;
  events.record({ regarding: turn, type: 'Warning', reason: ending.reason, message: ending.message });
}
