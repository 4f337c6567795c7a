/**
 * The journal of a turn: every decision of a model, and what came of its calls. It is all that a successor knows after a
 * crash. The types have the shape of `Turn.status` (src/api/turn.ts); journal.test.ts keeps the two equal.
 */
export interface Journal {
  /** Append-only; a recorded decision and a final outcome never change. */
  readonly steps: readonly Step[];
  /** Runs that the calls started or waited for. */
  readonly runs: readonly JournalRun[];
  readonly citations: readonly JournalCitation[];
  /** True once text of strangers has come in. */
  readonly tainted: boolean;
}

export const emptyJournal: Journal = { steps: [], runs: [], citations: [], tainted: false };

export interface Step {
  index: number;
  frame: string;
  agent: string;
  model: string;
  decidedAt: string;
  finish: string;
  text: string;
  rejected?: string | undefined;
  usage: { inputTokens: number; outputTokens: number };
  calls?: Call[] | undefined;
}

export interface Call {
  id: string;
  tool: string;
  arguments: string;
  argumentsDigest: string;
  effect: 'pure' | 'named' | 'keyed' | 'external' | 'wait' | 'delegate';
  effectKey: string;
  outcome?: CallOutcome | undefined;
}

export type OutcomeState =
  | 'Waiting'
  | 'AwaitingApproval'
  | 'Started'
  | 'Succeeded'
  | 'Failed'
  | 'Denied'
  | 'Expired'
  | 'Cancelled'
  | 'Ambiguous';

export interface CallOutcome {
  state: OutcomeState;
  summary: string;
  result?: string | undefined;
  resultDigest?: string | undefined;
  error?: { code: string; message: string; hint?: string | undefined } | undefined;
  tainted?: boolean | undefined;
  deadline?: string | undefined;
  waitingFor?: { backend: 'tekton' | 'kfp'; name: string } | undefined;
  approval?: string | undefined;
  finishedAt?: string | undefined;
}

export interface JournalRun {
  backend: 'tekton' | 'kfp';
  name: string;
  namespace: string;
  id: string;
  pipeline: string;
  turn: string;
  state: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Cancelled';
  startedAt?: string | undefined;
  finishedAt?: string | undefined;
  message?: string | undefined;
  url?: string | undefined;
  results?: Record<string, string> | undefined;
}

export interface JournalCitation {
  n: number;
  title: string;
  url: string;
}

/** Sizes the CRD sets, in characters; `resultCharacters` is also what a model is shown of one result. */
export const journalLimits = {
  steps: 16,
  calls: 16,
  runs: 16,
  runResults: 32,
  citations: 32,
  argumentsCharacters: 16_384,
  textCharacters: 16_384,
  resultCharacters: 8_192,
  summaryCharacters: 2_048,
  messageCharacters: 1_024,
  codeCharacters: 64,
} as const;

const changing: ReadonlySet<OutcomeState> = new Set(['Waiting', 'AwaitingApproval', 'Started']);

export function isFinal(call: Call): boolean {
  return call.outcome !== undefined && !changing.has(call.outcome.state);
}

export function callsOf(journal: Pick<Journal, 'steps'>): readonly Call[] {
  return journal.steps.flatMap((step) => step.calls ?? []);
}

export function stepsByFrame(journal: Pick<Journal, 'steps'>): ReadonlyMap<string, readonly Step[]> {
  const frames = new Map<string, Step[]>();
  for (const step of journal.steps) frames.set(step.frame, [...(frames.get(step.frame) ?? []), step]);
  return frames;
}

/** The journal with these outcomes, by call id. */
export function withOutcomes(journal: Journal, outcomes: ReadonlyMap<string, CallOutcome>): Journal {
  if (outcomes.size === 0) return journal;
  const withOutcome = (call: Call): Call => {
    const outcome = outcomes.get(call.id);
    return outcome === undefined ? call : { ...call, outcome };
  };
  const tainted = journal.tainted || [...outcomes.values()].some((outcome) => outcome.tainted === true);
  const steps = journal.steps.map((step) =>
    step.calls === undefined ? step : { ...step, calls: step.calls.map(withOutcome) },
  );
  return { ...journal, steps, tainted };
}

export interface JournalUsage {
  inputTokens: number;
  outputTokens: number;
  modelCalls: number;
  toolCalls: number;
}

export function usageOf(journal: Pick<Journal, 'steps'>): JournalUsage {
  const sum = (part: (step: Step) => number) => journal.steps.reduce((total, step) => total + part(step), 0);
  return {
    inputTokens: sum((step) => step.usage.inputTokens),
    outputTokens: sum((step) => step.usage.outputTokens),
    modelCalls: journal.steps.length,
    toolCalls: callsOf(journal).filter((call) => call.effect !== 'delegate' && isFinal(call)).length,
  };
}

/** RFC 3339 in whole seconds, as Kubernetes writes times. */
export function timestampOf(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
