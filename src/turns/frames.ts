import {
  type Call,
  type CallOutcome,
  isFinal,
  type Journal,
  type Step,
  stepsByFrame,
  timestampOf,
  withOutcomes,
} from './journal.ts';
import { describeResult, type Shown } from './results.ts';

/** A stretch of work of one agent: the turn itself, or what one `ask_<agent>` call opened. */
export interface Frame {
  /** Id of the call that opened it; empty for the first agent. */
  readonly id: string;
  readonly agent: string;
  readonly depth: number;
  /** What a delegated agent was asked; undefined for the first agent, which sees the turn's own text. */
  readonly task?: string;
  readonly steps: readonly Step[];
  /** `ready`: its agent decides next. `busy`: calls are open. `answered`: it has come to its answer. */
  readonly state: 'ready' | 'busy' | 'answered';
  readonly answer?: string;
}

export interface FrameRules {
  /** Agent of the outermost frame. */
  readonly firstAgent: string;
  /** Whether a success of this tool is itself the answer of the agent that called it. */
  replies(agent: string, tool: string): boolean;
}

/** All frames that the journal has opened, outer ones first. */
export function framesOf(journal: Journal, rules: FrameRules): readonly Frame[] {
  const byFrame = stepsByFrame(journal);
  const open = (frame: Pick<Frame, 'id' | 'agent' | 'depth' | 'task'>): Frame[] => {
    const steps = byFrame.get(frame.id) ?? [];
    const inner = steps
      .flatMap((step) => step.calls ?? [])
      .filter((call) => call.effect === 'delegate' && (!isFinal(call) || byFrame.has(call.id)))
      .flatMap((call) => {
        const { agent, task } = delegationOf(call);
        return open({ id: call.id, agent, task, depth: frame.depth + 1 });
      });
    const answer = answerOf(steps.at(-1), { inner, rules });
    if (answer !== undefined) return [{ ...frame, steps, state: 'answered', answer }, ...inner];
    return [{ ...frame, steps, state: isReady(steps.at(-1)) ? 'ready' : 'busy' }, ...inner];
  };
  return open({ id: '', agent: rules.firstAgent, depth: 0 });
}

function isReady(last: Step | undefined): boolean {
  return last?.rejected !== undefined || (last?.calls ?? []).every(isFinal);
}

/** Its words; or what its only call brought, where that is the answer: a tool that replies, or an agent that does. */
function answerOf(
  last: Step | undefined,
  { inner, rules }: { inner: readonly Frame[]; rules: FrameRules },
): string | undefined {
  if (last === undefined || last.rejected !== undefined) return undefined;
  if (last.calls === undefined) return last.text;
  const [call, ...others] = last.calls;
  if (call === undefined || others.length > 0) return undefined;
  if (call.effect !== 'delegate') return rules.replies(last.agent, call.tool) ? replyOf(call) : undefined;
  return delegationOf(call).answerDirectly ? inner.find(({ id }) => id === call.id)?.answer : undefined;
}

function replyOf({ outcome }: Call): string | undefined {
  if (outcome?.state !== 'Succeeded' || outcome.result === undefined) return undefined;
  return (JSON.parse(outcome.result) as Shown).summary;
}

interface Delegation {
  readonly agent: string;
  readonly task: string;
  readonly answerDirectly: boolean;
}

/** Reads a recorded `ask_<agent>` call, whose arguments have passed their schema. */
function delegationOf(call: Call): Delegation {
  const { task, answerDirectly } = JSON.parse(call.arguments) as Omit<Delegation, 'agent'>;
  return { agent: call.tool.slice('ask_'.length), task, answerDirectly };
}

/** Gives every answered frame's answer to the call that opened it. */
export function settleDelegations(journal: Journal, rules: FrameRules, now: Date): Journal {
  const open = new Set(
    journal.steps.flatMap((step) => step.calls ?? []).flatMap((call) => (isFinal(call) ? [] : [call.id])),
  );
  const frames = framesOf(journal, rules);
  const answered = frames.filter((frame) => frame.state === 'answered' && open.has(frame.id));
  const outcomes = new Map(answered.map((frame) => [frame.id, answerOutcome(frame, frames, now)]));
  return withOutcomes(journal, outcomes);
}

function answerOutcome(frame: Frame, frames: readonly Frame[], now: Date): CallOutcome {
  return {
    state: 'Succeeded',
    ...describeResult({ summary: frame.answer ?? '', data: {} }),
    ...(isTainted(frame, frames) && { tainted: true }),
    finishedAt: timestampOf(now),
  };
}

/** An answer is as trustworthy as everything that was read on the way to it. */
function isTainted(frame: Frame, frames: readonly Frame[]): boolean {
  const calls = frame.steps.flatMap((step) => step.calls ?? []);
  return calls.some(
    (call) =>
      call.outcome?.tainted === true || frames.some((inner) => inner.id === call.id && isTainted(inner, frames)),
  );
}
