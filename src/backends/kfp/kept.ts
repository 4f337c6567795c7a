import type { Clock } from '../../base/clock.ts';

/** A server may be replaced by another release while a client lives. */
const keptForMs = 300_000;

/** Asks once, and again after some minutes or a failure. Who asks meanwhile waits for the same answer. */
export function kept<Input, Answer>(
  clock: Clock,
  ask: (input: Input) => Promise<Answer>,
): (input: Input) => Promise<Answer> {
  let last: { readonly answer: Promise<Answer>; readonly untilMs: number } | undefined;
  return (input) => {
    if (last && clock.monotonicMs() < last.untilMs) return last.answer;
    const answer = ask(input);
    const asked = { answer, untilMs: clock.monotonicMs() + keptForMs };
    last = asked;
    answer.catch(() => {
      if (last === asked) last = undefined;
    });
    return answer;
  };
}
