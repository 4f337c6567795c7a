import type { InventoryEntry } from '../language-model.ts';
import { cognates, phrases, states, things } from './lexicon.ts';
import type { Reading } from './mentions.ts';
import { periodIn } from './moments.ts';
import { distance, fold, stem, wordsOf } from './text.ts';

/** What a description fits: one thing, several alike, or none. */
export type Resolved =
  | {
      readonly fit: 'one';
      readonly entry: InventoryEntry;
      /** By words of its own, not just by age or state. */ readonly isTold: boolean;
    }
  | { readonly fit: 'several'; readonly entries: readonly InventoryEntry[] }
  | { readonly fit: 'none' };

export interface Question {
  readonly kind: string;
  readonly agent: string;
  readonly reading: Reading;
  readonly inventory: readonly InventoryEntry[];
  readonly now: Date;
  /** States that the deed itself implies: what is stopped runs, what is diagnosed has failed. */
  readonly impliedStates?: readonly string[];
}

/** Words that fit nearly everything: they may tell two candidates apart, but find none. */
const generic = new Set(
  [
    'fail',
    'failed',
    'success',
    'running',
    'train',
    'run',
    'pipelin',
    'job',
    'task',
    'start',
    'model',
    'data',
    'file',
    'new',
    'v1',
    'v2',
    'object',
    'bucket',
    'the',
    'experiment',
    'schedul',
    'the',
    'for',
    'and',
    'with',
    'one',
    'all',
  ].map(stem),
);
const foreign = Object.entries(cognates);

/** Finds the one entry that a description such as `last night's churn run` or `the nightly import` means. */
export function resolve(question: Question): Resolved {
  const { kind, agent, reading, inventory, now } = question;
  const all = inventory.filter((entry) => entry.kind === kind && (entry.agent === agent || kind === 'object'));
  const described = byDescription(all, question);
  const isTold = described !== undefined;
  const fitting = kind === 'run' ? narrowRuns(described ?? all, question, isTold) : (described ?? []);
  if (phrases.newest.test(reading.masked)) {
    return newest(kind === 'object' && !isTold ? filesOf(all, question) : fitting, now, isTold);
  }
  return oneOf(isTold || fitting.length < all.length ? fitting : [], isTold);
}

function oneOf(entries: readonly InventoryEntry[], isTold: boolean): Resolved {
  const [only, ...others] = entries;
  if (only === undefined) return { fit: 'none' };
  return others.length === 0 ? { fit: 'one', entry: only, isTold } : { fit: 'several', entries };
}

/** Newest file of a bucket or of a kind of file. */
function filesOf(all: readonly InventoryEntry[], { reading }: Question): readonly InventoryEntry[] {
  const bucket = reading.mentions.find(({ kind }) => kind === 'bucket')?.name;
  const extension = /(?<!\p{L})(csv|tsv|parquet|json|ya?ml|txt|pdf|pt|onnx)(?!\p{L})/u.exec(reading.masked)?.[1];
  if (bucket === undefined && extension === undefined) return [];
  return all.filter(
    (entry) =>
      (bucket === undefined || entry.attributes['bucket'] === bucket) &&
      (extension === undefined || entry.name.endsWith(`.${extension}`)),
  );
}

export function newest(entries: readonly InventoryEntry[], now: Date, isTold: boolean): Resolved {
  const [first] = entries.filter((entry) => timeOf(entry) <= now.getTime()).toSorted((a, b) => timeOf(b) - timeOf(a));
  return first === undefined ? { fit: 'none' } : { fit: 'one', entry: first, isTold };
}

function timeOf({ attributes }: InventoryEntry): number {
  return Date.parse(attributes['createdAt'] ?? attributes['lastModified'] ?? '') || 0;
}

/** By pipeline; by state and time only as far as something is left. */
function narrowRuns(
  runs: readonly InventoryEntry[],
  { reading, now, impliedStates = [] }: Question,
  isTold: boolean,
): readonly InventoryEntry[] {
  const pipelines = reading.mentions.filter(({ kind }) => kind === 'pipeline').map(({ name }) => name);
  const said = Object.entries(states)
    .filter(([, expression]) => expression.test(reading.masked))
    .map(([name]) => name);
  // `Stop it` names nothing: that just one run could be stopped does not make it the one.
  const implied = isTold || things.run.test(reading.masked) ? impliedStates : [];
  const wanted = said.length > 0 ? said : implied;
  const { since = '', until = '9999' } = periodIn(reading.masked, now);
  const keep = (list: readonly InventoryEntry[], test: (attributes: InventoryEntry['attributes']) => boolean) => {
    const left = list.filter(({ attributes }) => test(attributes));
    return left.length > 0 ? left : list;
  };
  const ofPipeline = runs.filter(
    ({ attributes }) => pipelines.length === 0 || pipelines.includes(attributes['pipeline'] ?? ''),
  );
  const inState = keep(ofPipeline, ({ state }) => wanted.includes(stateOf(state)));
  return keep(inState, ({ createdAt = '' }) => createdAt.slice(0, 10) >= since && createdAt.slice(0, 10) <= until);
}

/** KFP writes SUCCEEDED and CANCELED, Tekton Succeeded and Cancelled. */
export function stateOf(state = ''): string {
  const word = state.toLowerCase();
  return Object.keys(states).find((name) => name.toLowerCase().startsWith(word.slice(0, 6))) ?? state;
}

/** The entries that the words of the text fit best, or undefined when they fit none. */
function byDescription(
  all: readonly InventoryEntry[],
  { reading, inventory }: Question,
): readonly InventoryEntry[] | undefined {
  const said = new Set(wordsOf(reading.masked.replaceAll(/[①-⑨\u2060]/g, ' ')).map(canonical));
  const texts = all.map((entry) => ({ entry, ...vocabularyOf(entry, inventory) }));
  const frequency = (word: string) => texts.filter(({ names, facts }) => names.has(word) || facts.has(word)).length;
  const scored = texts.map(({ entry, names, facts }) => {
    const weightOf = (word: string) =>
      Math.log(1 + all.length / Math.max(1, frequency(word))) * (generic.has(word) ? 0.15 : 1);
    const inName = [...names].filter((word) => isSaid(word, said));
    const inFacts = [...facts].filter((word) => !names.has(word) && isSaid(word, said));
    const covered = sum(inName.map(weightOf)) / Math.max(0.01, sum([...names].map(weightOf)));
    const telling = [...inName, ...inFacts].some((word) => !generic.has(word) && word.length > 2 && !/^\d/.test(word));
    return {
      entry,
      telling,
      score: sum(inName.map(weightOf)) * (0.6 + 0.4 * covered) + 0.5 * sum(inFacts.map(weightOf)),
    };
  });
  const best = Math.max(0, ...scored.filter(({ telling }) => telling).map(({ score }) => score));
  if (best < Math.min(0.9, 0.45 * Math.log(1 + all.length))) return undefined;
  return scored.filter(({ telling, score }) => telling && score >= 0.87 * best).map(({ entry }) => entry);
}

function vocabularyOf(entry: InventoryEntry, inventory: readonly InventoryEntry[]) {
  const { name, description = '', attributes, parameters = [] } = entry;
  const pipeline = inventory.find(({ kind, name: other }) => kind === 'pipeline' && other === attributes['pipeline']);
  const facts = [
    description,
    ...parameters.map((parameter) => parameter.name),
    attributes['pipeline'] ?? '',
    pipeline?.description ?? '',
    attributes['experiment'] ?? '',
  ];
  const values = Object.entries(attributes)
    .filter(([key]) => !/At$|^id$|state|namespace|modified/i.test(key))
    .map(([, value]) => value);
  return { names: wordSet(name), facts: wordSet([...facts, ...values].join(' ')) };
}

function wordSet(text: string): ReadonlySet<string> {
  const words = wordsOf(fold(text.replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2'))).filter(
    (word) => word.length > 1 || /\d/.test(word),
  );
  return new Set(words.map(canonical));
}

function canonical(word: string): string {
  return stem(foreign.find(([start]) => word.startsWith(start))?.[1] ?? word);
}

function isSaid(word: string, said: ReadonlySet<string>): boolean {
  if (said.has(word)) return true;
  if (word.length < 5 || /\d/.test(word)) return false;
  return [...said].some((other) => other.length > 4 && !generic.has(other) && distance(word, other, 1) <= 1);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
