import type { Condition } from '../../api/common.ts';
import { conditionOf, type NewCondition, withCondition } from '../../api/conditions.ts';
import type { SwarmConfigStatus } from '../../api/swarm-config.ts';
import type { Finding, Observed } from './observed.ts';

const shortestMs = 5_000;
const longestMs = 60_000;
const whenReadyMs = 300_000;

export function swarmConfigStatus({ config, findings, now }: Observed): SwarmConfigStatus {
  const at = { now, generation: config.metadata.generation };
  const bad = findings.filter(({ status, isAdvice }) => status !== 'True' && isAdvice !== true);
  const set: NewCondition[] = [readyOf(bad), ...(bad[0] ? [troubleOf(bad)] : []), ...findings];
  const lasting = (config.status?.conditions ?? []).filter(({ type }) =>
    set.some((condition) => condition.type === type),
  );
  return {
    ...config.status,
    observedGeneration: config.metadata.generation,
    phase: bad.length === 0 ? 'Ready' : 'Degraded',
    checkedAt: now.toISOString(),
    conditions: set.reduce<Condition[]>((conditions, { type, status, reason, message }) => {
      return withCondition(conditions, { type, status, reason, message }, at);
    }, lasting),
  };
}

function readyOf(bad: readonly Finding[]): NewCondition {
  if (bad.length === 0)
    return { type: 'Ready', status: 'True', reason: 'Available', message: 'Everything it names answers.' };
  return { type: 'Ready', status: 'False', reason: 'Degraded', message: sentencesOf(bad) };
}

function troubleOf(bad: readonly Finding[]): NewCondition {
  const persistent = bad.find(({ timeMayHelp }) => !timeMayHelp);
  const { reason } = persistent ?? bad[0] ?? { reason: 'Degraded' };
  return { type: persistent ? 'Stalled' : 'Reconciling', status: 'True', reason, message: sentencesOf(bad) };
}

function sentencesOf(bad: readonly Finding[]): string {
  return bad.map(({ message }) => message).join(' ');
}

/** The longer it has been wrong, the less often it is looked at again; the API server keeps since when. */
export function recheckAfterMs(status: SwarmConfigStatus, now: Date): number {
  const ready = conditionOf(status.conditions, 'Ready');
  if (ready?.status === 'True') return whenReadyMs;
  const ageMs = now.getTime() - Date.parse(ready?.lastTransitionTime ?? now.toISOString());
  return Math.min(Math.max(ageMs / 4, shortestMs), longestMs);
}

/** The time of the last look alone is not worth a write before it is old. */
export function isWorthWriting(before: SwarmConfigStatus | undefined, after: SwarmConfigStatus): boolean {
  const what = (status: SwarmConfigStatus) => JSON.stringify([status.observedGeneration, status.conditions]);
  if (before === undefined || what(before) !== what(after)) return true;
  return Date.parse(after.checkedAt ?? '') - Date.parse(before.checkedAt ?? '') >= whenReadyMs;
}
