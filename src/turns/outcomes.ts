import type { ToolFailure, ToolSuccess, ToolWaiting } from '../agents/tool.ts';
import { type Call, type CallOutcome, journalLimits, timestampOf } from './journal.ts';
import { cut, describeResult } from './results.ts';

export function succeeded(result: ToolSuccess, now: Date): CallOutcome {
  const { summary, data, untrusted } = result;
  return {
    state: 'Succeeded',
    ...describeResult({ summary, data }),
    ...(untrusted === true && { tainted: true }),
    finishedAt: timestampOf(now),
  };
}

export function waiting(result: ToolWaiting): CallOutcome {
  const { summary, until, run } = result;
  return {
    state: 'Waiting',
    summary: cut(summary, journalLimits.summaryCharacters),
    deadline: timestampOf(until),
    ...(run && { waitingFor: { backend: run.backend, name: run.name } }),
  };
}

type Problem = Pick<ToolFailure, 'code' | 'message' | 'hint' | 'untrusted'>;

export function failed(problem: Problem, now: Date): CallOutcome {
  return ended('Failed', problem, now);
}

/** A final outcome other than success; the model is told code, message and hint. */
export function ended(
  state: 'Failed' | 'Denied' | 'Expired' | 'Cancelled' | 'Ambiguous',
  { code, message, hint, untrusted }: Problem,
  now: Date,
): CallOutcome {
  return {
    state,
    summary: cut(message, journalLimits.summaryCharacters),
    error: {
      code: code.slice(0, journalLimits.codeCharacters),
      message: cut(message, journalLimits.messageCharacters),
      ...(hint !== undefined && { hint: cut(hint, journalLimits.messageCharacters) }),
    },
    ...(untrusted === true && { tainted: true }),
    finishedAt: timestampOf(now),
  };
}

/** Nobody knows whether the receiver did it, and asking again could do it twice. */
export function ambiguous(call: Call, now: Date): CallOutcome {
  const message = `${call.tool} was begun and its outcome is not known; it is not repeated.`;
  const hint = 'A person must look whether it took effect.';
  return ended('Ambiguous', { code: 'AmbiguousEffect', message, hint }, now);
}
