import { sha256Hex } from '../base/digest.ts';
import { type Call, isFinal, type Journal, stepsByFrame, usageOf } from './journal.ts';
import type { TurnLimits } from './turn-facts.ts';

export interface Stop {
  readonly reason: StopReason;
  /** What happened and what to do. */
  readonly message: string;
}
export type StopReason =
  | 'StepLimitReached'
  | 'TokenLimitReached'
  | 'LoopDetected'
  | 'ModelOutputInvalid'
  | 'HistoryTooLarge'
  | 'DeadlineExceeded'
  | 'AgentNotAvailable';

/** Unusable answers in a row that an agent is told about; one more ends the turn. */
export const repairs = 2;

/** Why no further decision may be made; undefined when one may. */
export function stopBeforeDeciding(journal: Journal, limits: TurnLimits): Stop | undefined {
  return unusableAnswers(journal) ?? repeatedCall(journal) ?? stepLimit(journal, limits) ?? tokenLimit(journal, limits);
}

function stepLimit(journal: Journal, { maxSteps }: TurnLimits): Stop | undefined {
  if (journal.steps.length < maxSteps) return undefined;
  const message = `The turn took ${maxSteps} model decisions without an answer; ask for less at once, or raise limits.maxSteps.`;
  return { reason: 'StepLimitReached', message };
}

function tokenLimit(journal: Journal, { maxTokens }: TurnLimits): Stop | undefined {
  const { inputTokens, outputTokens } = usageOf(journal);
  const used = inputTokens + outputTokens;
  if (used < maxTokens) return undefined;
  const message = `The turn used ${used} of ${maxTokens} tokens without an answer; ask for less at once, or raise limits.maxTokens.`;
  return { reason: 'TokenLimitReached', message };
}

/** The third unusable answer in a row of one frame. */
export function unusableAnswers(journal: Journal): Stop | undefined {
  for (const steps of stepsByFrame(journal).values()) {
    const [last, ...before] = steps.toReversed();
    if (last?.rejected === undefined) continue;
    if (before.length < repairs || before.slice(0, repairs).some((step) => step.rejected === undefined)) continue;
    const message = `The model ${last.model} gave ${repairs + 1} unusable answers in a row, the last one because: ${last.rejected}`;
    return { reason: 'ModelOutputInvalid', message };
  }
  return undefined;
}

const loopLength = 3;

/** The same call with the same outcome, three times by one agent. */
function repeatedCall(journal: Journal): Stop | undefined {
  const seen = new Map<string, number>();
  for (const step of journal.steps) {
    for (const call of (step.calls ?? []).filter(isFinal)) {
      const key = `${step.frame}\n${call.tool}\n${call.argumentsDigest}\n${outcomeDigest(call)}`;
      const times = (seen.get(key) ?? 0) + 1;
      seen.set(key, times);
      if (times < loopLength) continue;
      const message = `The agent ${step.agent} called ${call.tool} ${loopLength} times with the same arguments and the same outcome; ask in other words.`;
      return { reason: 'LoopDetected', message };
    }
  }
  return undefined;
}

function outcomeDigest({ outcome }: Call): string {
  return outcome?.resultDigest ?? sha256Hex(JSON.stringify([outcome?.state, outcome?.error]));
}
