import { conditionOf, type ConditionType, isTrue } from '../../api/conditions.ts';
import type { Turn } from '../../api/turn.ts';
import type { TurnReconcilerDependencies } from './dependencies.ts';
import { isFinished } from './observed.ts';

/** Conditions that people are told about with an Event when they come up. Progress and answers are no news. */
const newsworthy = {
  AwaitingApproval: 'Normal',
  Stalled: 'Warning',
  AttentionRequired: 'Warning',
} as const satisfies Partial<Record<ConditionType, 'Normal' | 'Warning'>>;

/** Tells people and metrics what a write has changed. */
export function announce(
  before: Turn,
  after: Turn,
  dependencies: Pick<TurnReconcilerDependencies, 'events' | 'metrics'>,
): void {
  const { events } = dependencies;
  for (const [type, level] of Object.entries(newsworthy) as [keyof typeof newsworthy, 'Normal' | 'Warning'][]) {
    const condition = conditionOf(after.status?.conditions, type);
    if (condition?.status !== 'True' || isTrue(before.status?.conditions, type)) continue;
    events.record({ regarding: after, type: level, reason: condition.reason, message: condition.message });
  }
  if (!isFinished(before) && isFinished(after)) announceEnd(after, dependencies);
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
