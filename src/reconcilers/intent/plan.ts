import type { PipelineRun } from '../../api/common.ts';
import { conditionOf } from '../../api/conditions.ts';
import type { Expectation, IntentPhase, IntentSpec, IntentStatus } from '../../api/intent.ts';
import { finalizers } from '../../api/names.ts';
import type { CallOutcome } from '../../api/turn.ts';
import {
  changes,
  deadline,
  declined,
  isGoing,
  isSettled,
  isTurnFinished,
  keptUntil,
  metricsOf,
  type Observed,
  runsOfTurn,
} from './observed.ts';

export type Plan =
  | { readonly kind: 'release' }
  /** Being deleted, and ours no more. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'suspended' }
  /** Finished; it stays, or goes after `deleteAfterMs`. */
  | { readonly kind: 'rest'; readonly deleteAfterMs?: number }
  | { readonly kind: 'delete' }
  /** The Turn of that name speaks of a time that is over: it makes room. */
  | { readonly kind: 'forget-outcome' }
  | { readonly kind: 'ask' }
  | { readonly kind: 'wait'; readonly afterMs: number }
  /** It ends here, whatever still goes on. */
  | { readonly kind: 'stop'; readonly verdict: Verdict }
  | { readonly kind: 'judge'; readonly verdict: Verdict };

export interface Verdict {
  readonly phase: Extract<IntentPhase, 'Succeeded' | 'Failed' | 'Denied' | 'Expired'>;
  readonly reason: string;
  readonly message: string;
  readonly expectations: NonNullable<IntentStatus['expectations']>;
}

export function planIntent(observed: Observed): Plan {
  const { metadata, spec } = observed.intent;
  if (metadata.deletionTimestamp !== undefined) {
    return metadata.finalizers?.includes(finalizers.runs) === true ? { kind: 'release' } : { kind: 'gone' };
  }
  if (isSettled(observed)) return rest(observed);
  if (observed.turn === undefined) return begin(spec);
  if (isOutdated(observed)) return { kind: 'forget-outcome' };
  return carryOn(observed);
}

function begin({ cancel, suspend }: IntentSpec): Plan {
  if (cancel) return { kind: 'stop', verdict: cancelled };
  return suspend ? { kind: 'suspended' } : { kind: 'ask' };
}

function carryOn(observed: Observed): Plan {
  const over = isTurnFinished(observed.turn) && !runsOfTurn(observed).some(isGoing);
  if (over) return { kind: 'judge', verdict: judge(observed) };
  if (observed.intent.spec.cancel) return { kind: 'stop', verdict: cancelled };
  if (observed.intent.spec.suspend) return { kind: 'suspended' };
  const leftMs = (deadline(observed)?.getTime() ?? 0) - observed.now.getTime();
  return leftMs > 0 ? { kind: 'wait', afterMs: leftMs } : { kind: 'stop', verdict: expired(observed) };
}

function rest({ intent, now }: Observed): Plan {
  const ttlSeconds = intent.spec.ttlSecondsAfterFinished;
  const finishedAt = intent.status?.finishedAt;
  if (ttlSeconds === undefined || finishedAt === undefined) return { kind: 'rest' };
  const leftMs = Date.parse(finishedAt) + ttlSeconds * 1000 - now.getTime();
  return leftMs <= 0 ? { kind: 'delete' } : { kind: 'rest', deleteAfterMs: leftMs };
}

/** The outcome of an earlier Intent of this name counts only within `reuseWithin`. */
function isOutdated({ intent, turn, now }: Observed): boolean {
  const { reuseWithin } = intent.spec;
  if (reuseWithin === undefined || turn === undefined || turn.spec.owner.uid === intent.metadata.uid) return false;
  return keptUntil(turn.metadata, reuseWithin) <= now;
}

function expired(observed: Observed): Verdict {
  const message = `It did not end within spec.timeout (${observed.intent.spec.timeout}); what still went on was stopped.`;
  return { phase: 'Expired', reason: 'Expired', message, expectations: [] };
}

const cancelled: Verdict = {
  phase: 'Failed',
  reason: 'Cancelled',
  message: 'spec.cancel is true: what still went on was stopped.',
  expectations: [],
};

/** Rules in order; the first that applies wins. */
function judge(observed: Observed): Verdict {
  const expectations = (observed.intent.spec.expect ?? []).map((wanted) => judged(wanted, metricsOf(observed)));
  const verdict =
    ofTurn(observed) ?? ofChanges(observed) ?? ofRuns(runsOfTurn(observed)) ?? ofExpectations(expectations, observed);
  return { ...verdict, expectations };
}

type Judgement = Omit<Verdict, 'expectations'>;

function ofTurn({ turn }: Observed): Judgement | undefined {
  const succeeded = conditionOf(turn?.status?.conditions, 'Succeeded');
  if (succeeded?.status === 'True') return undefined;
  const { reason, message } = succeeded ?? { reason: 'Failed', message: 'Its Turn failed.' };
  if (reason === 'Denied') return { phase: 'Denied', reason, message };
  if (reason === 'ApprovalExpired') return { phase: 'Expired', reason, message };
  return { phase: 'Failed', reason, message };
}

/** What became of the changes that were decided on: an intent that could do none of them has not come about. */
function ofChanges(observed: Observed): Judgement | undefined {
  const answer = declined(observed.turn);
  if (answer !== undefined) return { phase: 'Failed', reason: 'Failed', message: `Nothing was done: ${answer}` };
  const outcomes = changes(observed.turn).flatMap(({ call }) => (call.outcome ? [call.outcome] : []));
  const find = (state: CallOutcome['state']) => outcomes.find((outcome) => outcome.state === state);
  const succeeded = find('Succeeded') !== undefined;
  const ambiguous = find('Ambiguous');
  if (ambiguous) return { phase: 'Failed', reason: 'AmbiguousEffect', message: ambiguous.summary };

  const denied = outcomes.find(
    (outcome) => outcome.state === 'Denied' && (outcome.approval !== undefined || !succeeded),
  );
  if (denied) return { phase: 'Denied', reason: 'Denied', message: denied.summary };
  const lapsed = find('Expired');
  if (lapsed && !succeeded) return { phase: 'Expired', reason: 'ApprovalExpired', message: lapsed.summary };
  const failed = find('Failed');
  if (failed && !succeeded)
    return { phase: 'Failed', reason: 'Failed', message: failed.error?.message ?? failed.summary };
  return undefined;
}

/** A pipeline that was run again after a failure counts by its newest run. */
function ofRuns(runs: readonly PipelineRun[]): Judgement | undefined {
  const newest = new Map([...runs].reverse().map((run) => [run.pipeline, run]));
  const bad = [...newest.values()].find((run) => run.state !== 'Succeeded');
  if (!bad) return undefined;
  const why = bad.message === undefined ? '' : `: ${bad.message}`;
  const message = `Run ${bad.name} of pipeline ${bad.pipeline} ended as ${bad.state}${why}`;
  return { phase: 'Failed', reason: 'RunFailed', message };
}

function ofExpectations(expectations: Verdict['expectations'], observed: Observed): Judgement {
  const missed = expectations.filter(({ met }) => !met);
  if (missed.length === 0) {
    const message =
      expectations.length === 0 ? 'It was carried out.' : 'It was carried out and every expectation was met.';
    return { phase: 'Succeeded', reason: 'Complete', message };
  }
  const reported = Object.keys(metricsOf(observed)).join(', ') || 'nothing';
  const sentences = missed.map(({ metric, want, got }) =>
    got === undefined
      ? `${metric} was not reported (reported: ${reported}), expected ${want}`
      : `${metric} was ${got}, expected ${want}`,
  );
  return { phase: 'Failed', reason: 'ExpectationsNotMet', message: sentences.join('; ') };
}

function judged({ metric, operator, value }: Expectation, metrics: Readonly<Record<string, string>>) {
  const got = Object.hasOwn(metrics, metric) ? metrics[metric] : undefined;
  const met = got !== undefined && holds(got.trim(), operator, value.trim());
  return { metric, want: `${operator} ${value}`, ...(got === undefined ? {} : { got }), met };
}

/** Numbers are compared as numbers; text only for being the same or not. */
function holds(got: string, operator: Expectation['operator'], value: string): boolean {
  const numeric = isNumber(got) && isNumber(value);
  if (numeric) return comparisons[operator](Number(got), Number(value));
  return operator === '==' ? got === value : operator === '!=' && got !== value;
}

const comparisons: Readonly<Record<Expectation['operator'], (got: number, value: number) => boolean>> = {
  '>=': (got, value) => got >= value,
  '>': (got, value) => got > value,
  '<=': (got, value) => got <= value,
  '<': (got, value) => got < value,
  '==': (got, value) => got === value,
  '!=': (got, value) => got !== value,
};

function isNumber(text: string): boolean {
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text);
}
