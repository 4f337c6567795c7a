import { z } from 'zod';
import { citation, pipelineRun, usage } from '../api/common.ts';
import { callOutcome, pendingApproval, turnPhase, turnSpec } from '../api/turn.ts';

/** Grows when a member changes its meaning or goes away; new members and new types of events do not change it. */
export const turnEventVersion = 1;

const common = {
  v: z.literal(turnEventVersion),
  /**
   * The same for the same thing, wherever it is told from: journal, live log or another process. Whoever has seen a key
   * need not look at the event again; of tokens it is `answer` and `offset` that tell what is new.
   */
  key: z.string(),
  /** Name of the Turn. */
  turn: z.string(),
  /** Agent it is about; absent for the turn as a whole. */
  agent: z.string().optional(),
  /** Call that opened the agent's frame; empty for the first agent, absent for the turn as a whole. */
  frame: z.string().optional(),
};

const event = <Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape) =>
  z.object({ type: z.literal(type), ...common, ...shape });

/** Key `turn:<phase>`: the turn was taken up, or its phase has changed. */
const turn = event('turn', {
  owner: turnSpec.shape.owner.pick({ kind: true, name: true }),
  text: z.string(),
  phase: turnPhase,
  /** Of the condition that tells why it waits, when it does. */
  message: z.string().optional(),
});

/**
 * A piece of an answer in the making, for display only. `answer` names one request to one model; `offset` counts the UTF-16
 * units of that answer before `text`. A new answer of the same frame takes the place of one that broke off.
 */
const token = event('token', { answer: z.string(), offset: z.int().min(0), text: z.string() });

/** Key `call:<id>`: a decision was recorded; nothing has been done yet. */
const toolCall = event('tool_call', {
  call: z.string(),
  tool: z.string(),
  /** Canonical JSON. */
  arguments: z.string(),
  effect: z.string(),
});

/** Key `result:<id>`: the call has a final outcome. */
const toolResult = event('tool_result', {
  call: z.string(),
  tool: z.string(),
  state: callOutcome.shape.state,
  summary: z.string(),
  error: callOutcome.shape.error,
  /** JSON of what the model saw, as in the journal; absent when there is none. */
  result: z.string().optional(),
  tainted: z.boolean().optional(),
});

/** Key `approval:<call id>`. */
const approvalRequired = event('approval_required', pendingApproval.omit({ agent: true }).shape);

/** Key `run:<backend>/<name>:<state>`. */
const runProgress = event('run_progress', { run: pipelineRun });

/** Key `usage:<model calls>.<tool calls>`: what the turn has cost so far. */
const usageSoFar = event('usage', { usage });

/** Key `message`: the answer, whole; it stands whatever the tokens said. */
const message = event('message', {
  text: z.string(),
  truncated: z.boolean().optional(),
  citations: z.array(citation),
});

/** Key `done`: the turn has ended and nothing follows. */
const done = event('done', {
  phase: z.enum(['Succeeded', 'Failed', 'Cancelled']),
  /** Reason and message of the condition Succeeded. */
  reason: z.string(),
  message: z.string(),
});

/** Key `error:<reason>`: what keeps the turn from going on for now, or ends this connection; the turn itself is not over. */
const error = event('error', { reason: z.string(), message: z.string() });

/** What happens in a running turn: on the wire of the stream, and a line each with `-o jsonl`. */
export const turnEvent = z.discriminatedUnion('type', [
  turn,
  token,
  toolCall,
  toolResult,
  approvalRequired,
  runProgress,
  usageSoFar,
  message,
  done,
  error,
]);
export type TurnEvent = z.output<typeof turnEvent>;
export type TurnEventOf<Type extends TurnEvent['type']> = Extract<TurnEvent, { type: Type }>;
