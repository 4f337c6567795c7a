import type { Condition, PipelineRun } from '../../api/common.ts';
import { conditionOf, type ConditionType, isTrue } from '../../api/conditions.ts';
import { durationMs } from '../../api/duration.ts';
import type { Intent } from '../../api/intent.ts';
import type { ObjectMeta } from '../../api/resource.ts';
import type { Call, Turn } from '../../api/turn.ts';

/** Everything a plan and a status are made from; nothing is read afterwards. */
export interface Observed {
  readonly intent: Intent;
  /** Name of the Turn of this generation. */
  readonly turnName: string;
  /** The Turn of this generation, once it has been created. */
  readonly turn: Turn | undefined;
  /** Unfinished Turns of earlier generations. */
  readonly superseded: readonly Turn[];
  /** Runs of this and earlier generations, as true as can be told now. */
  readonly runs: readonly PipelineRun[];
  readonly now: Date;
}

/** Whether this generation has come to its end, and its status says so. */
export function isSettled({ intent, turnName }: Observed): boolean {
  return isTrue(intent.status?.conditions, 'Finished') && intent.status?.turn === turnName;
}

export function isTurnFinished(turn: Turn | undefined): boolean {
  return isTrue(turn?.status?.conditions, 'Finished');
}

/** Runs that the Turn of this generation started. */
export function runsOfTurn({ runs, turnName }: Observed): readonly PipelineRun[] {
  return runs.filter((run) => run.turn === turnName);
}

export function isGoing(run: PipelineRun): boolean {
  return run.state === 'Pending' || run.state === 'Running';
}

/** When this generation runs out of time. */
export function deadline({ intent, turn }: Observed): Date | undefined {
  if (turn === undefined) return undefined;
  return new Date(Date.parse(turn.metadata.creationTimestamp) + durationMs(intent.spec.timeout));
}

/** Until when a reused Turn is kept. */
export function keptUntil({ creationTimestamp }: Pick<ObjectMeta, 'creationTimestamp'>, reuseWithin: string): Date {
  return new Date(Date.parse(creationTimestamp) + durationMs(reuseWithin));
}

/** Calls of the journal that change something, with the agent that decided on each. */
export function changes(turn: Turn | undefined): readonly { readonly agent: string; readonly call: Call }[] {
  const changing = ['named', 'keyed', 'external'];
  return (turn?.status?.steps ?? []).flatMap(({ agent, calls }) =>
    (calls ?? []).filter((call) => changing.includes(call.effect)).map((call) => ({ agent, call })),
  );
}

/** Results of the runs of this generation by name; a later run's result takes the place of an earlier one's. */
export function metricsOf(observed: Observed): Readonly<Record<string, string>> {
  const oldestFirst = [...runsOfTurn(observed)].reverse();
  return Object.fromEntries(oldestFirst.flatMap((run) => Object.entries(run.results ?? {})));
}

/** What the agents said instead of doing anything: a question back, or why they will not. */
export function declined(turn: Turn | undefined): string | undefined {
  if (changes(turn).length > 0) return undefined;
  const calls = (turn?.status?.steps ?? []).flatMap((step) => step.calls ?? []);
  return calls.find(({ tool }) => tool === 'clarify' || tool === 'refuse')?.outcome?.summary;
}

/** The condition of the Turn, if it is True. */
export function trueCondition({ turn }: Observed, type: ConditionType): Condition | undefined {
  const condition = conditionOf(turn?.status?.conditions, type);
  return condition?.status === 'True' ? condition : undefined;
}
