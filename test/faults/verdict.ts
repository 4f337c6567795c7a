import { type Turn } from '../../src/api/turn.ts';
import { type Asked } from './ledger.ts';
import { effectsOf, parseScript, type ExpectedEffect } from './script.ts';

/** A PipelineRun as far as the verdict looks at it. */
export interface HeldRun {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly params?: readonly { readonly name: string; readonly value: string }[] };
}

export interface Evidence {
  /** Texts that were to be carried out, one turn each. */
  readonly texts: readonly string[];
  readonly turns: readonly Turn[];
  readonly applied: readonly Asked[];
  readonly runs: readonly HeldRun[];
}

/** Each entry says in a sentence what went wrong. Empty lists are what is promised. */
export interface Verdict {
  /** A named effect that is missing, or is not the one the journal decided on; a turn without the end it should have. */
  readonly lost: readonly string[];
  readonly duplicated: readonly string[];
  readonly stuck: readonly string[];
  /** Calls to the receiver without keys that a person must look at: allowed, but counted. */
  readonly ambiguous: number;
  readonly effects: number;
}

/** Judges by what is on record outside the operator, and by what the journal says. */
export function judge(evidence: Evidence): Verdict {
  const verdict = { lost: [] as string[], duplicated: [] as string[], stuck: [] as string[], ambiguous: 0, effects: 0 };
  for (const text of evidence.texts) {
    const { item } = parseScript(text);
    const turns = evidence.turns.filter((turn) => turn.spec.text === text);
    const [turn] = turns;
    if (turns.length > 1) verdict.duplicated.push(`${item} has ${turns.length} turns`);
    if (turn === undefined) {
      verdict.stuck.push(`${item} has no turn`);
      continue;
    }
    if (turn.status?.finishedAt === undefined) verdict.stuck.push(`${item} is ${turn.status?.phase ?? 'untouched'}`);
    else if (turn.status.phase !== 'Succeeded') verdict.lost.push(`${item} ended as ${turn.status.phase ?? 'nothing'}`);
    for (const effect of effectsOf(parseScript(text))) judgeEffect(effect, { turn, evidence, verdict });
  }
  return verdict;
}

interface Case {
  readonly turn: Turn;
  readonly evidence: Evidence;
  readonly verdict: { lost: string[]; duplicated: string[]; ambiguous: number; effects: number };
}

function judgeEffect(effect: ExpectedEffect, { turn, evidence, verdict }: Case): void {
  if (effect.tool === 'read' || effect.tool === 'wait_for_run') return;
  verdict.effects += 1;
  const values =
    effect.tool === 'run_pipeline' ? valuesOfRuns(effect, evidence.runs) : valuesApplied(effect, evidence.applied);
  const [value] = values;
  if (values.length > 1) verdict.duplicated.push(`${effect.slot} (${effect.tool}) took effect ${values.length} times`);
  const decided = decisionOn(effect.slot, turn);
  if (decided?.state === 'Ambiguous') verdict.ambiguous += 1;
  else if (value === undefined)
    verdict.lost.push(`${effect.slot} (${effect.tool}) never took effect: ${decided?.state ?? 'undecided'}`);
  else if (value !== decided?.value)
    verdict.lost.push(`${effect.slot} (${effect.tool}) took effect as ${value}, not as decided`);
}

function valuesApplied(effect: ExpectedEffect, applied: readonly Asked[]): readonly string[] {
  return applied.filter(({ item }) => item === effect.slot).map(({ value }) => value);
}

function valuesOfRuns(effect: ExpectedEffect, runs: readonly HeldRun[]): readonly string[] {
  const parameter = (run: HeldRun, name: string) =>
    run.spec.params?.find((candidate) => candidate.name === name)?.value;
  return runs.filter((run) => parameter(run, 'item') === effect.slot).map((run) => parameter(run, 'value') ?? '');
}

interface Decision {
  readonly value: string;
  readonly state: string;
}

interface Decided {
  readonly item?: string;
  readonly value?: string;
  readonly params?: Decided;
}

function decisionOn(slot: string, turn: Turn): Decision | undefined {
  for (const call of (turn.status?.steps ?? []).flatMap((step) => step.calls ?? [])) {
    const decided = JSON.parse(call.arguments) as Decided;
    const { item, value = '' } = decided.params ?? decided;
    if (item === slot) return { value, state: call.outcome?.state ?? 'undecided' };
  }
  return undefined;
}
