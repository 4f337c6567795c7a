import type { Clock } from '../../base/clock.ts';
import { RetryableError, TerminalError } from '../../base/errors.ts';
import { ownership } from './effect-mark.ts';
import type { CallOptions, Decision, Submitted } from './kfp-client.ts';
import { KfpRefusedError } from './kfp-refused-error.ts';
import type { Submission, SubmissionMemory } from './submission-memory.ts';

/**
 * How long a lost request is looked for before it is sent again. KFP deletes an execution without a row 120 s after it
 * was reported; the rest is slack.
 */
const settleMs = 150_000;
/** No request of a predecessor is under way any longer than this. */
const inFlightMs = 20_000;
/** After this time nobody will clear an execution away any more. */
const overdueMs = 600_000;
const lookAgainMs = 5_000;
/** So often KFP may answer that it failed inside before a person is asked. */
const mostFailures = 3;

/** What is known about a thing that may have been sent already, and how to send it. */
export interface Desk<T extends { readonly description?: string | undefined }> {
  /** Key in the memory of this process. */
  readonly key: string;
  /** For messages: run, schedule. */
  readonly what: string;
  /**
   * The thing, when KFP has a row of it.
   * @param isNew true when nothing of it can be there under another id.
   */
  find(isNew: boolean): Promise<T | undefined>;
  /** Whether an execution of it is there without a row. `unknown` when that cannot be seen. */
  trace(): Promise<'none' | 'some' | 'unknown'>;
  /** Ends an execution that has stayed without a row. @returns false when that is not allowed. */
  discard(): Promise<boolean>;
  send(): Promise<T>;
}

export interface SubmitParts {
  readonly memory: SubmissionMemory;
  readonly clock: Clock;
}

/**
 * Sends something at most once for each decision to a receiver that takes no idempotency key. Does one step and throws
 * RetryableError while only time can tell; the caller comes back, in this process or in a successor's.
 */
export async function submitOnce<T extends { readonly description?: string | undefined }>(
  desk: Desk<T>,
  decision: Decision,
  { parts, options }: { readonly parts: SubmitParts; readonly options: CallOptions },
): Promise<Submitted<T>> {
  const { memory, clock } = parts;
  const known = memory.get(desk.key);
  const isNew = known.sentAtMs === undefined && known.failures === 0 && decision.isOwnDecision;
  const found = await desk.find(isNew);
  if (found) return adopted(found, desk, decision);

  if (!isNew) await settle(desk, known, clock);
  options.signal.throwIfAborted();
  return send(desk, decision, parts);
}

/** Comes back when the thing may be sent. @throws RetryableError while only time can tell. */
async function settle<T extends { readonly description?: string | undefined }>(
  desk: Desk<T>,
  known: Submission,
  clock: Clock,
): Promise<void> {
  const trace = await desk.trace();
  const nowMs = clock.monotonicMs();
  const next = nextStep({
    trace,
    firstLookAgoMs: nowMs - known.firstLookAtMs,
    sentAgoMs: known.sentAtMs === undefined ? undefined : nowMs - known.sentAtMs,
  });
  if (next.kind === 'send') return;
  if (next.kind === 'wait') throw settling(desk.what, next.forMs);
  const isDone = await desk.discard();
  if (!isDone && next.isOverdue) throw leftBehind(desk.what);
  // KFP clears it away by itself as well, only later.
  throw settling(desk.what, isDone ? lookAgainMs : inFlightMs);
}

export interface SubmissionFacts {
  readonly trace: 'none' | 'some' | 'unknown';
  readonly firstLookAgoMs: number;
  /** Since this process gave up on an answer; undefined when it has not sent anything. */
  readonly sentAgoMs: number | undefined;
}

export type SubmissionStep =
  | { readonly kind: 'send' }
  | { readonly kind: 'discard'; readonly isOverdue: boolean }
  | { readonly kind: 'wait'; readonly forMs: number };

/** The heart of the protocol: KFP has no row; what may be done about it? */
export function nextStep({ trace, firstLookAgoMs, sentAgoMs }: SubmissionFacts): SubmissionStep {
  const quietMs = sentAgoMs ?? firstLookAgoMs;
  // Nothing is there, and this process sent nothing: only a predecessor's request could be under way.
  const neededMs = trace === 'none' && sentAgoMs === undefined ? inFlightMs : settleMs;
  if (quietMs < neededMs) return { kind: 'wait', forMs: Math.min(lookAgainMs, neededMs - quietMs) };
  return trace === 'some' ? { kind: 'discard', isOverdue: quietMs >= overdueMs } : { kind: 'send' };
}

async function send<T extends { readonly description?: string | undefined }>(
  desk: Desk<T>,
  decision: Decision,
  { memory, clock }: SubmitParts,
): Promise<Submitted<T>> {
  const { failures, ...known } = memory.get(desk.key);
  const remember = (change: { sentAtMs: number | undefined; failures: number }) => {
    memory.set(desk.key, { ...known, ...change });
  };
  remember({ sentAtMs: clock.monotonicMs(), failures });
  try {
    const value = await desk.send();
    // Stays remembered: the caller may lose this answer as well, and come back.
    remember({ sentAtMs: clock.monotonicMs(), failures: 0 });
    return { kind: 'created', value };
  } catch (error) {
    // Declined, or never understood: nothing was made.
    if (error instanceof KfpRefusedError || error instanceof TerminalError) {
      memory.forget(desk.key);
      throw error;
    }
    const hasFailed = error instanceof RetryableError && error.reason === 'KfpInternalError';
    const failedSoFar = failures + (hasFailed ? 1 : 0);
    remember({ sentAtMs: clock.monotonicMs(), failures: failedSoFar });
    if (!(error instanceof RetryableError)) throw error;

    const found = await desk.find(false);
    if (found) return adopted(found, desk, decision);
    if (!hasFailed) throw settling(desk.what, lookAgainMs, error);
    return failedInside(desk, { error, failures: failedSoFar, remember });
  }
}

interface Failed {
  readonly error: RetryableError;
  readonly failures: number;
  readonly remember: (change: { sentAtMs: number | undefined; failures: number }) => void;
}

/** KFP has answered, so nothing is under way: when it left no execution either, it may be asked again soon. */
async function failedInside<T extends { readonly description?: string | undefined }>(
  desk: Desk<T>,
  { error, failures, remember }: Failed,
): Promise<never> {
  if ((await desk.trace()) !== 'none') throw settling(desk.what, lookAgainMs, error);
  if (failures >= mostFailures) {
    throw new TerminalError(
      'KfpInternalError',
      `${error.message} It was asked ${failures} times to make the ${desk.what}.`,
      {
        cause: error,
      },
    );
  }
  remember({ sentAtMs: undefined, failures });
  throw new RetryableError('KfpInternalError', error.message, { retryAfterMs: lookAgainMs, cause: error });
}

function adopted<T extends { readonly description?: string | undefined }>(
  found: T,
  desk: Desk<T>,
  decision: Decision,
): Submitted<T> {
  switch (ownership(found.description, decision)) {
    case 'ours':
      return { kind: 'adopted', value: found };
    case 'changed':
      return { kind: 'conflict', message: `The ${desk.what} of this decision exists with other arguments.` };
    case 'foreign':
      return { kind: 'conflict', message: `A ${desk.what} that somebody else made has the id of this decision.` };
  }
}

function leftBehind(what: string): TerminalError {
  return new TerminalError(
    'KfpOrphanedExecution',
    `Kubeflow Pipelines started the ${what} but lost it: its Workflow goes on without a ${what}, and the ServiceAccount may not delete it. Delete the Workflow, then ask again.`,
  );
}

function settling(what: string, retryAfterMs: number, cause?: unknown): RetryableError {
  return new RetryableError(
    'KfpSettling',
    `It is not certain yet whether Kubeflow Pipelines has made the ${what}; looking for it before it is asked again.`,
    { retryAfterMs, cause },
  );
}
