import type { RunReference, ToolResult, ToolWaiting } from '../agents/tool.ts';
import { attempt } from '../base/attempt.ts';
import { RetryableError, TerminalError } from '../base/errors.ts';
import { approvalFor } from './approvals.ts';
import { checkArguments } from './arguments.ts';
import { clear, type OpenCall, openCalls } from './clearance.ts';
import { type Call, type CallOutcome, isFinal, type Journal, type JournalCitation, withOutcomes } from './journal.ts';
import { ambiguous, failed, succeeded, waiting } from './outcomes.ts';
import { withCitations, withRuns } from './run-records.ts';
import { withTimeLimit } from './time-limit.ts';
import { toolContext } from './tool-context.ts';
import type { TurnRun } from './turn-run.ts';

/** Long enough for a receiver that must be asked for minutes whether it has done what it was told. */
const callLimitMs = 300_000;
/** After this time an agent is told that a backend does not answer; what changes something is tried on. */
const patienceMs = 60_000;

export interface Acted {
  readonly journal: Journal;
  /** Why each call that waits for a person does so, by call id. */
  readonly questions: ReadonlyMap<string, string>;
  /** What kept calls from an outcome: RetryableErrors, and mistakes of our own. */
  readonly troubles: readonly unknown[];
}

/** Carries out every call that a recorded decision asks for, in parallel. */
export async function actOnCalls(journal: Journal, run: TurnRun): Promise<Acted> {
  const settled = await Promise.all(openCalls(journal, run).map((open) => settle(open, run)));
  const outcomes = settled.flatMap(({ call, outcome }) => (outcome ? [[call.id, outcome] as const] : []));
  for (const { call, agent, outcome } of settled) {
    if (outcome && isFinal({ ...call, outcome })) run.meter.callEnded(agent, call.tool, outcome.state);
  }
  const started = settled.flatMap(({ started: runs = [] }) => runs);
  const seen = settled.flatMap(({ seen: runs = [] }) => runs);
  return {
    journal: {
      ...withOutcomes(journal, new Map(outcomes)),
      runs: withRuns(journal.runs, { started, seen, turn: run.facts.name }),
      citations: withCitations(
        journal.citations,
        settled.flatMap(({ citations = [] }) => citations),
      ),
    },
    questions: new Map(settled.flatMap(({ call, question }) => (question === undefined ? [] : [[call.id, question]]))),
    troubles: settled.flatMap(({ trouble }) => (trouble === undefined ? [] : [trouble])),
  };
}

/** What one call came to; nothing at all when it stays as it is. */
interface Settled {
  readonly outcome?: CallOutcome;
  readonly question?: string;
  readonly started?: readonly RunReference[];
  readonly seen?: readonly RunReference[];
  readonly citations?: readonly JournalCitation[];
  readonly trouble?: unknown;
}

async function settle(open: OpenCall, run: TurnRun): Promise<Settled & { call: Call; agent: string }> {
  return { call: open.call, agent: open.step.agent, ...(await settlementOf(open, run)) };
}

function settlementOf(open: OpenCall, run: TurnRun): Promise<Settled> {
  const { call } = open;
  const state = call.outcome?.state;
  if (state === 'Waiting') return fire(open, run, undefined);
  if (state !== 'Started') return fireIfCleared(open, run);
  if (!run.claimed.has(call.id)) return Promise.resolve({ outcome: ambiguous(call, run.clock.now()) });
  // Its gates were passed just now, when it was claimed.
  return fire(open, run, approvalFor(call, run.facts)?.name);
}

async function fireIfCleared(open: OpenCall, run: TurnRun): Promise<Settled> {
  const cleared = await attempt(() => clear(open, run));
  if (!cleared.ok) return troubleOf(cleared.error, open, run);
  switch (cleared.value.kind) {
    case 'settled':
      return { outcome: cleared.value.outcome };
    case 'asked': {
      const { reason, outcome } = cleared.value;
      return { question: reason, ...(outcome && { outcome }) };
    }
    case 'go': {
      // A delegation is carried out by the frame it opens; an external call waits until it is recorded as Started.
      const { effect } = open.call;
      return effect === 'delegate' || effect === 'external' ? {} : fire(open, run, cleared.value.approval);
    }
  }
}

async function fire(open: OpenCall, run: TurnRun, approval: string | undefined): Promise<Settled> {
  await run.hooks.boundary('before-call');
  const result = await attempt(() => execute(open, run));
  await run.hooks.boundary('after-call');
  const settled = result.ok ? settledBy(result.value, open, run) : troubleOf(result.error, open, run);
  if (approval === undefined || settled.outcome === undefined) return settled;
  return { ...settled, outcome: { ...settled.outcome, approval } };
}

async function execute(open: OpenCall, run: TurnRun): Promise<ToolResult> {
  const { call, step, offered } = open;
  if (offered?.kind !== 'tool') {
    return { kind: 'error', code: 'ToolNotOffered', message: `${call.tool} is no longer offered.` };
  }
  const checked = checkArguments(offered.input, call.arguments);
  if (!checked.ok) return { kind: 'error', code: 'SchemaViolation', message: checked.problem };
  run.log.info({ agent: step.agent, tool: call.tool, callId: call.id, effectKey: call.effectKey }, 'Calling tool');
  return withTimeLimit({ clock: run.clock, limitMs: callLimitMs, signal: run.signal }, (signal) =>
    offered.tool.execute(checked.value as never, toolContext(open, run, signal)),
  );
}

function settledBy(result: ToolResult, { call }: OpenCall, run: TurnRun): Settled {
  const now = run.clock.now();
  switch (result.kind) {
    case 'error':
      return { outcome: failed(result, now) };
    case 'waiting':
      return stillWaiting(result, call);
    case 'ok': {
      const { runs = [], citations = [] } = result;
      const reads = call.effect === 'pure' || call.effect === 'wait';
      return { outcome: succeeded(result, now), [reads ? 'seen' : 'started']: runs, citations };
    }
  }
}

/** A wait that looks as it did is not written again. */
function stillWaiting(result: ToolWaiting, call: Call): Settled {
  const outcome = waiting(result);
  const isKnown = call.outcome?.summary === outcome.summary && call.outcome.deadline === outcome.deadline;
  return { ...(!isKnown && { outcome }), ...(result.run && { seen: [result.run] }) };
}

/** A person must act: the agent is told and can say so. Only time helps: it stays open, but reading not for ever. */
function troubleOf(error: unknown, { call, step }: OpenCall, run: TurnRun): Settled {
  run.signal.throwIfAborted();
  const now = run.clock.now();
  if (error instanceof TerminalError) return { outcome: failed({ code: error.reason, message: error.message }, now) };
  if (run.claimed.has(call.id)) return { outcome: ambiguous(call, now) };
  const triedMs = now.getTime() - Date.parse(step.decidedAt);
  if (error instanceof RetryableError && call.effect === 'pure' && triedMs >= patienceMs) {
    return { outcome: failed({ code: error.reason, message: error.message }, now) };
  }
  return { trouble: error };
}
