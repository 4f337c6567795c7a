import { type Call, callsOf, isFinal, type Journal, type Step } from './journal.ts';
import { describeResult, type Shown } from './results.ts';

/** UTF-8 bytes of the JSON of a value. */
export function bytesOf(value: object): number {
  return Buffer.byteLength(JSON.stringify(value), 'utf8');
}

const shrinkTo = [4_096, 2_048, 1_024, 512, 256] as const;

/**
 * Makes what is new fit beside what is recorded: results that came in now are cut further and further.
 * @returns undefined when even that is too large; then no new decision may be recorded.
 */
export function fitJournal(recorded: Journal, next: Journal, maxBytes: number): Journal | undefined {
  if (bytesOf(next.steps) <= maxBytes) return next;
  for (const limit of shrinkTo) {
    const fitted = { ...next, steps: shortened(recorded, next.steps, limit) };
    if (bytesOf(fitted.steps) <= maxBytes) return fitted;
  }
  return undefined;
}

/** What has happened is kept, in as few words as possible; decisions that nothing has acted on are dropped. */
export function outcomesOnly(recorded: Journal, next: Journal): Journal {
  return { ...next, steps: shortened(recorded, next.steps.slice(0, recorded.steps.length), 256) };
}

function shortened(recorded: Journal, steps: readonly Step[], limit: number): readonly Step[] {
  const settledBefore = new Set(callsOf(recorded).flatMap((call) => (isFinal(call) ? [call.id] : [])));
  const shrink = (call: Call) => (settledBefore.has(call.id) ? call : withShorterResult(call, limit));
  return steps.map((step) => (step.calls === undefined ? step : { ...step, calls: step.calls.map(shrink) }));
}

function withShorterResult(call: Call, limit: number): Call {
  const { outcome } = call;
  if (outcome?.result === undefined || outcome.result.length <= limit) return call;
  const { summary, result } = describeResult(JSON.parse(outcome.result) as Shown, limit);
  return { ...call, outcome: { ...outcome, summary: summary.slice(0, limit), result } };
}
