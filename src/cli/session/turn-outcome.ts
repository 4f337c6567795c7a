import { type TurnEvent, type TurnEventOf } from '../../streaming/turn-event.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';

/** Reasons of an ended turn that have an exit code of their own; every other one is a failure. */
const codesOfReasons: Readonly<Record<string, ExitCode>> = {
  Denied: exitCodes.approval,
  ApprovalExpired: exitCodes.approval,
  Forbidden: exitCodes.forbidden,
  DeadlineExceeded: exitCodes.timeout,
  StepLimitReached: exitCodes.budget,
  TokenLimitReached: exitCodes.budget,
  ModelQuotaExhausted: exitCodes.budget,
};

/** What is known of a turn from the events so far. */
export class TurnOutcome {
  readonly #pending = new Map<string, TurnEventOf<'approval_required'>>();
  readonly #results = new Map<string, TurnEventOf<'tool_result'>>();
  #message: TurnEventOf<'message'> | undefined;
  #done: TurnEventOf<'done'> | undefined;

  /** Events may come twice. */
  add(event: TurnEvent): void {
    if (event.type === 'approval_required' && !this.#results.has(event.callId)) this.#pending.set(event.callId, event);
    if (event.type === 'tool_result') {
      this.#results.set(event.call, event);
      this.#pending.delete(event.call);
    }
    if (event.type === 'message') this.#message = event;
    if (event.type === 'done') this.#done = event;
  }

  /** Calls that wait for a person now. */
  get pending(): readonly TurnEventOf<'approval_required'>[] {
    return this.#done ? [] : [...this.#pending.values()];
  }

  /** Calls with a final outcome, in the order of their end. */
  get results(): readonly TurnEventOf<'tool_result'>[] {
    return [...this.#results.values()];
  }

  get message(): TurnEventOf<'message'> | undefined {
    return this.#message;
  }

  /** Absent until the turn has ended. */
  get done(): TurnEventOf<'done'> | undefined {
    return this.#done;
  }

  /** Of a turn that ended, or that waits for a person; `failed` for one that is cut off in between. */
  get exitCode(): ExitCode {
    if (!this.#done) return this.pending.length > 0 ? exitCodes.approval : exitCodes.failed;
    if (this.#done.phase !== 'Succeeded') return codesOfReasons[this.#done.reason] ?? exitCodes.failed;
    const declined = this.results.some(({ state }) => state === 'Denied' || state === 'Expired');
    return declined ? exitCodes.approval : exitCodes.answered;
  }
}
