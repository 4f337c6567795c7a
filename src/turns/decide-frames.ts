import { attempt } from '../base/attempt.ts';
import { actOnCalls } from './act.ts';
import { openCalls } from './clearance.ts';
import { decide, type Decision, stepFrom } from './decide.ts';
import { type Frame, framesOf, settleDelegations } from './frames.ts';
import { type CallOutcome, type Journal, withOutcomes } from './journal.ts';
import { ended } from './outcomes.ts';
import { type Stop, stopBeforeDeciding, unusableAnswers } from './stop-conditions.ts';
import type { TurnRun } from './turn-run.ts';

export interface Decided {
  readonly journal: Journal;
  /** The turn is over. */
  readonly end?: { readonly kind: 'answered'; readonly reply: string } | ({ readonly kind: 'failed' } & Stop);
  /** What kept a model from answering. */
  readonly trouble?: unknown;
}

/**
 * Asks the models of all frames that are ready, in parallel and once each. Frames that these decisions open are asked
 * too: a delegation has no effect of its own, so it need not be recorded before the next agent thinks about it.
 */
export async function decideFrames(recorded: Journal, run: TurnRun): Promise<Decided> {
  const asked = new Set<string>();
  let journal = settleDelegations(recorded, run.rules, run.clock.now());
  for (;;) {
    const frames = framesOf(journal, run.rules);
    const reply = frames[0]?.answer;
    if (reply !== undefined) return { journal, end: { kind: 'answered', reply } };
    const ready = frames.filter((frame) => frame.state === 'ready' && !asked.has(frame.id));
    if (ready.length === 0) return { journal };
    const stop = stopBeforeDeciding(journal, run.facts.limits);
    if (stop) return { journal, end: { kind: 'failed', ...stop } };

    const round = await decideOnce(journal, ready.slice(0, run.facts.limits.maxSteps - journal.steps.length), run);
    if (round.end ?? round.trouble) return round;
    for (const frame of ready) asked.add(frame.id);
    journal = round.journal;
  }
}

async function decideOnce(journal: Journal, frames: readonly Frame[], run: TurnRun): Promise<Decided> {
  const missing = frames.find((frame) => !isAvailable(frame, run));
  if (missing) return { journal, end: { kind: 'failed', ...notAvailable(missing.agent) } };

  const answers = await Promise.all(
    frames.map((frame) =>
      attempt(async () => {
        const agent = run.registry.agent(frame.agent);
        if (!agent) throw new Error(`there is no agent ${frame.agent}`);
        return decide(frame, agent, run);
      }),
    ),
  );
  run.signal.throwIfAborted();
  const decisions = answers.flatMap((answer) => (answer.ok ? [answer.value] : []));
  const [trouble] = answers.flatMap((answer) => (answer.ok ? [] : [answer.error]));
  const decided = await settleNew(withDecisions(journal, decisions, run), run);
  const unusable = unusableAnswers(decided);
  if (unusable) return { journal: decided, end: { kind: 'failed', ...unusable } };
  return { journal: decided, ...(trouble !== undefined && { trouble }) };
}

function isAvailable({ agent }: Frame, { registry, facts }: TurnRun): boolean {
  return registry.agent(agent) !== undefined && facts.agents[agent]?.enabled !== false;
}

function notAvailable(agent: string): Stop {
  const message = `The agent ${agent} is not available in this namespace; enable it in the SwarmConfig, or ask another one.`;
  return { reason: 'AgentNotAvailable', message };
}

function withDecisions(
  journal: Journal,
  decisions: readonly Decision[],
  { facts, clock, ownDecisions }: TurnRun,
): Journal {
  const first = journal.steps.length;
  const now = clock.now();
  const steps = decisions.map((decision, offset) => stepFrom(decision, first + offset, { facts, now }));
  ownDecisions.add(steps);
  return { ...journal, steps: [...journal.steps, ...steps] };
}

/** Delegations that a gate refuses open no frame; delegations that are answered already get their outcome. */
async function settleNew(journal: Journal, run: TurnRun): Promise<Journal> {
  const now = run.clock.now();
  const refused = openCalls(journal, run).flatMap(({ call, verdict }): [string, CallOutcome][] => {
    if (call.effect !== 'delegate' || verdict.kind !== 'refuse') return [];
    const { reason: code, message } = verdict;
    return [[call.id, ended('Denied', { code, message }, now)]];
  });
  const settled = settleDelegations(withOutcomes(journal, new Map(refused)), run.rules, now);
  if (!run.mutations.effectBeforeJournal) return settled;
  return (await actOnCalls(settled, run)).journal;
}
