import { type Call, type CallOutcome, isFinal, type Journal, type Step, timestampOf, withOutcomes } from './journal.ts';
import { describeResult } from './results.ts';

/** A stretch of work of one agent: the turn itself, or what one `ask_<agent>` call opened. */
export interface Frame {
  /** Id of the call that opened it; empty for the first agent. */
  readonly id: string;
  readonly agent: string;
  readonly depth: number;
  /** What a delegated agent was asked; undefined for the first agent, which sees the turn's own text. */
  readonly task?: string;
  readonly steps: readonly Step[];
  /**
   * `ready`: its agent decides next. `busy`: calls are open. `answered`: its last step is its answer.
   */
  readonly state: 'ready' | 'busy' | 'answered';
}

/** All frames that the journal has opened, outer ones first. */
export function framesOf(journal: Journal, firstAgent: string): readonly Frame[] {
  const byFrame = Map.groupBy(journal.steps, (step) => step.frame);
  const open = (frame: Pick<Frame, 'id' | 'agent' | 'depth' | 'task'>): Frame[] => {
    const steps = byFrame.get(frame.id) ?? [];
    const inner = steps
      .flatMap((step) => step.calls ?? [])
      .filter((call) => call.effect === 'delegate' && opensFrame(call, byFrame))
      .flatMap((call) => open({ id: call.id, depth: frame.depth + 1, ...delegationOf(call) }));
    return [{ ...frame, steps, state: stateOf(steps) }, ...inner];
  };
  return open({ id: '', agent: firstAgent, depth: 0 });
}

/** A refused delegation opens nothing; a finished one stays visible as the frame it was. */
function opensFrame(call: Call, byFrame: ReadonlyMap<string, unknown>): boolean {
  return !isFinal(call) || byFrame.has(call.id);
}

function stateOf(steps: readonly Step[]): Frame['state'] {
  const last = steps.at(-1);
  if (last === undefined || last.rejected !== undefined) return 'ready';
  if (last.calls === undefined) return 'answered';
  return last.calls.every(isFinal) ? 'ready' : 'busy';
}

export interface Delegation {
  readonly agent: string;
  readonly task: string;
  readonly answerDirectly: boolean;
}

/** Reads a recorded `ask_<agent>` call, whose arguments have passed their schema. */
export function delegationOf(call: Call): Delegation {
  const { task, answerDirectly } = JSON.parse(call.arguments) as Omit<Delegation, 'agent'>;
  return { agent: call.tool.slice('ask_'.length), task, answerDirectly };
}

/** Gives every answered frame's answer to the call that opened it. */
export function settleDelegations(journal: Journal, { agent, now }: { agent: string; now: Date }): Journal {
  const frames = framesOf(journal, agent);
  const open = new Map(
    journal.steps.flatMap((step) => step.calls ?? []).flatMap((call) => (isFinal(call) ? [] : [[call.id, call]])),
  );
  const outcomes = new Map<string, CallOutcome>();
  for (const frame of frames) {
    if (frame.state === 'answered' && open.has(frame.id)) outcomes.set(frame.id, answerOutcome(frame, frames, now));
  }
  return withOutcomes(journal, outcomes);
}

function answerOutcome(frame: Frame, frames: readonly Frame[], now: Date): CallOutcome {
  const answer = frame.steps.at(-1)?.text ?? '';
  const tainted = frames
    .filter(({ id }) => id === frame.id || frame.steps.some((step) => step.calls?.some((call) => call.id === id)))
    .some(({ steps }) => steps.some((step) => step.calls?.some((call) => call.outcome?.tainted)));
  return {
    state: 'Succeeded',
    ...describeResult({ summary: answer, data: {} }),
    ...(tainted && { tainted }),
    finishedAt: timestampOf(now),
  };
}

/**
 * The turn's reply: the first agent's answer, or that of the one agent it passed the whole question on to.
 * @returns undefined while there is none.
 */
export function replyOf(journal: Journal, firstAgent: string): string | undefined {
  const frames = new Map(framesOf(journal, firstAgent).map((frame) => [frame.id, frame]));
  const answerOf = (frame: Frame | undefined): string | undefined => {
    const last = frame?.steps.at(-1);
    if (frame?.state === 'answered') return last?.text;
    const [call, ...others] = last?.calls ?? [];
    if (call?.effect !== 'delegate' || others.length > 0 || !delegationOf(call).answerDirectly) return undefined;
    return answerOf(frames.get(call.id));
  };
  return answerOf(frames.get(''));
}
