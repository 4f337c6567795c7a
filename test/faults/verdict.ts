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
  /** One and the same key applied twice: only operators that work at once may come to that, by asking at once. */
  readonly keyedTwice: readonly string[];
  /** Calls to the receiver without keys that a person must look at: allowed, but counted. */
  readonly ambiguous: number;
  readonly effects: number;
}

/** Judges by what is on record outside the operator, and by what the journal says. */
export function judge(evidence: Evidence): Verdict {
  const verdict: Draft = { lost: [], duplicated: [], stuck: [], keyedTwice: [], ambiguous: 0, effects: 0 };
  for (const text of evidence.texts) {
    const script = parseScript(text);
    const turns = evidence.turns.filter((turn) => turn.spec.text === text);
    const [turn] = turns;
    if (turns.length > 1) verdict.duplicated.push(`${script.item} has ${turns.length} turns`);
    if (turn === undefined) {
      verdict.stuck.push(`${script.item} has no turn`);
      continue;
    }
    judgeEnd(script.item, turn, verdict);
    const effects = effectsOf(script).filter(({ tool }) => tool !== 'read' && tool !== 'wait_for_run');
    for (const effect of effects) judgeEffect(effect, { turn, evidence, verdict });
  }
  return verdict;
}

interface Draft {
  lost: string[];
  duplicated: string[];
  stuck: string[];
  keyedTwice: string[];
  ambiguous: number;
  effects: number;
}

function judgeEnd(item: string, { status }: Turn, verdict: Draft): void {
  const phase = status?.phase ?? 'untouched';
  if (status?.finishedAt === undefined) verdict.stuck.push(`${item} is ${phase}`);
  else if (phase !== 'Succeeded') verdict.lost.push(`${item} ended as ${phase}`);
}

interface Case {
  readonly turn: Turn;
  readonly evidence: Evidence;
  readonly verdict: Draft;
}

function judgeEffect({ slot, tool }: ExpectedEffect, { turn, evidence, verdict }: Case): void {
  verdict.effects += 1;
  const values = tool === 'run_pipeline' ? valuesOfRuns(slot, evidence.runs) : valuesApplied(slot, evidence.applied);
  const [value] = values;
  if (values.length > 1) {
    const list = isOneKey(slot, evidence.applied) ? verdict.keyedTwice : verdict.duplicated;
    list.push(`${slot} (${tool}) took effect ${values.length} times`);
  }
  const decided = decisionOn(slot, turn) ?? { value: 'nothing', state: 'undecided' };
  if (decided.state === 'Ambiguous') verdict.ambiguous += 1;
  else if (value === undefined) verdict.lost.push(`${slot} (${tool}) never took effect: ${decided.state}`);
  else if (value !== decided.value) verdict.lost.push(`${slot} (${tool}) took effect as ${value}, not as decided`);
}

function valuesApplied(slot: string, applied: readonly Asked[]): readonly string[] {
  return applied.filter(({ item }) => item === slot).map(({ value }) => value);
}

function isOneKey(slot: string, applied: readonly Asked[]): boolean {
  const times = applied.filter(({ item }) => item === slot);
  return times.length > 1 && times.every(({ receiver, key }) => receiver === 'keyed' && key === times[0]?.key);
}

function valuesOfRuns(slot: string, runs: readonly HeldRun[]): readonly string[] {
  const parameter = (run: HeldRun, name: string) =>
    run.spec.params?.find((candidate) => candidate.name === name)?.value;
  return runs.filter((run) => parameter(run, 'item') === slot).map((run) => parameter(run, 'value') ?? '');
}

interface Decision {
  readonly value: string;
  readonly state: string;
}

interface Decided {
  readonly item?: string;
  readonly value?: string;
  readonly params?: Decided;
  /** The same of an object. */
  readonly key?: string;
  readonly content?: string;
}

function decisionOn(slot: string, turn: Turn): Decision | undefined {
  for (const call of (turn.status?.steps ?? []).flatMap((step) => step.calls ?? [])) {
    const { item, value } = whatWasDecided(JSON.parse(call.arguments) as Decided);
    if (item === slot) return { value, state: call.outcome?.state ?? 'undecided' };
  }
  return undefined;
}

function whatWasDecided({ params, ...decided }: Decided): {
  readonly item: string | undefined;
  readonly value: string;
} {
  const { key, content = '', item = key, value = content } = params ?? decided;
  return { item, value };
}
