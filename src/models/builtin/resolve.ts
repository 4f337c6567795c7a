import type { InventoryEntry } from '../language-model.ts';
import { commonStems, phrases, states } from './lexicon.ts';
import type { Reading } from './mentions.ts';
import { periodIn } from '../../language/moments.ts';
import { fold, isNear, remembered, stem, wordsOf } from '../../language/text.ts';

/** What a description fits. */
export interface Resolved {
  /** None, one, or several alike. */
  readonly entries: readonly InventoryEntry[];
  /** By words of its own, not just by age or state. */
  readonly isTold: boolean;
}

export interface Question {
  readonly kind: string;
  readonly agent: string;
  readonly reading: Reading;
  readonly inventory: readonly InventoryEntry[];
  readonly now: Date;
  readonly impliedStates?: readonly string[];
}

/** Finds what a description such as `last night's churn run` or `the newest csv in exports` means. */
export function resolve(question: Question): Resolved {
  const { kind, agent, reading, inventory, now } = question;
  const all = inventory.filter((entry) => entry.kind === kind && (entry.agent === agent || kind === 'object'));
  const known = descriptions(reading)(inventory);
  const key = `${agent}/${kind}`;
  if (!known.has(key)) known.set(key, byDescription(all, question));
  const described = known.get(key);
  const isTold = described !== undefined;
  const fitting = narrowed(described ?? all, question, isTold);
  const entries = isTold || fitting.length < all.length ? fitting : [];
  const isNewest = phrases.newest.test(reading.masked) && (kind === 'run' || entries.length > 0);
  return { entries: isNewest ? newest(kind === 'run' ? fitting : entries, now) : entries, isTold };
}

/** The newest ones, of those that exist by now. */
export function newest(entries: readonly InventoryEntry[], now: Date, count = 1): readonly InventoryEntry[] {
  const past = entries.filter((entry) => timeOf(entry) <= now.getTime());
  return past.toSorted((a, b) => timeOf(b) - timeOf(a)).slice(0, count);
}

function timeOf({ attributes }: InventoryEntry): number {
  return Date.parse(attributes['createdAt'] ?? attributes['lastModified'] ?? '') || 0;
}

/** Runs of a pipeline that is named, by state and time as far as something is left; the newest files of a bucket. */
function narrowed(entries: readonly InventoryEntry[], question: Question, isTold: boolean): readonly InventoryEntry[] {
  const { kind, reading } = question;
  const isOf = (owner: string) => {
    const owners = reading.mentions.filter((mention) => mention.kind === owner).map(({ name }) => name);
    return entries.filter(({ attributes }) => owners.length === 0 || owners.includes(attributes[owner] ?? ''));
  };
  if (kind === 'run') return inStateAndTime(isOf('pipeline'), question, isTold);
  if (kind !== 'object' || (!isTold && !phrases.newest.test(reading.masked))) return entries;
  return isOf('bucket').filter(({ name }) => name.endsWith(formatIn(reading.masked)));
}

function inStateAndTime(
  runs: readonly InventoryEntry[],
  { reading: { masked, mentions }, now, impliedStates = [] }: Question,
  isTold: boolean,
): readonly InventoryEntry[] {
  const said = Object.keys(states).filter((name) => states[name]?.test(masked));
  // `Stop the run` names none: that just one run could be stopped does not make it the one.
  const implied = isTold || mentions.some(({ kind }) => kind === 'pipeline') ? impliedStates : [];
  const wanted = said.length > 0 ? said : implied;
  const { since = '', until = '9999' } = periodIn(masked, now);
  const inState = keep(runs, ({ state }) => wanted.includes(stateOf(state)));
  return keep(inState, ({ createdAt = '' }) => createdAt.slice(0, 10) >= since && createdAt.slice(0, 10) <= until);
}

function formatIn(masked: string): string {
  const format = /(?<!\p{L})(csv|tsv|parquet|json|ya?ml|txt|pdf|pt|onnx)(?!\p{L})/u.exec(masked)?.[1];
  return format === undefined ? '' : `.${format}`;
}

function keep(entries: readonly InventoryEntry[], test: (attributes: InventoryEntry['attributes']) => boolean) {
  const left = entries.filter(({ attributes }) => test(attributes));
  return left.length > 0 ? left : entries;
}

/** KFP writes SUCCEEDED and CANCELED, Tekton Succeeded and Cancelled. */
function stateOf(state = ''): string {
  const start = state.toLowerCase().slice(0, 6);
  return Object.keys(states).find((name) => name.toLowerCase().startsWith(start)) ?? state;
}

/** One description is looked up for every tool that takes such a thing: what it fits, by agent and kind. */
const descriptions = remembered<Reading, (inventory: Question['inventory']) => Map<string, Described>>(() =>
  remembered(() => new Map()),
);
type Described = readonly InventoryEntry[] | undefined;

/** The entries that the words of the text fit best, or undefined when they fit none. */
function byDescription(
  all: readonly InventoryEntry[],
  { reading, inventory }: Question,
): readonly InventoryEntry[] | undefined {
  const said = new Set(wordsOf(reading.masked.replaceAll(/[①-⑨\u2060]/g, ' ')).map(stem));
  const texts = all.map((entry) => ({ entry, ...(vocabulariesOf(inventory).get(entry) ?? noWords) }));
  const weightOf = (word: string) => {
    const holders = texts.filter(({ names, facts }) => names.has(word) || facts.has(word)).length;
    return Math.log(1 + all.length / Math.max(1, holders)) * (commonStems.has(word) ? 0.15 : 1);
  };
  const scored = texts.map(({ entry, names, facts }) => {
    const inName = [...names].filter((word) => isSaid(word, said));
    const inFacts = [...facts].filter((word) => !names.has(word) && isSaid(word, said));
    const isTelling = [...inName, ...inFacts].some((word) => !commonStems.has(word) && /^\D..+/.test(word));
    const weight = sum(inName.map(weightOf));
    const covered = weight / Math.max(0.01, sum([...names].map(weightOf)));
    return { entry, isTelling, score: weight * (0.6 + 0.4 * covered) + 0.5 * sum(inFacts.map(weightOf)) };
  });
  const telling = scored.filter(({ isTelling }) => isTelling);
  const best = Math.max(0, ...telling.map(({ score }) => score));
  if (best < Math.min(0.9, 0.45 * Math.log(1 + all.length))) return undefined;
  return telling.filter(({ score }) => score >= 0.87 * best).map(({ entry }) => entry);
}

/** The words of a name, and those of what is known about the thing and its pipeline. */
function vocabularyOf(
  { name, description, attributes, parameters = [] }: InventoryEntry,
  inventory: Question['inventory'],
) {
  const pipeline = inventory.find((other) => other.kind === 'pipeline' && other.name === attributes['pipeline']);
  const values = Object.entries(attributes).filter(([key]) => !/At$|^id$|state|namespace|modified/i.test(key));
  const facts = [
    description,
    pipeline?.description,
    ...parameters.map((parameter) => parameter.name),
    ...values.map(([, value]) => value),
  ];
  return { names: wordSet(name), facts: wordSet(facts.join(' ')) };
}

const vocabulariesOf = remembered(
  (inventory: Question['inventory']) => new Map(inventory.map((entry) => [entry, vocabularyOf(entry, inventory)])),
);
const noWords = { names: new Set<string>(), facts: new Set<string>() };

function wordSet(text: string): ReadonlySet<string> {
  const words = wordsOf(fold(text.replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')));
  return new Set(words.filter((word) => word.length > 1 || /\d/.test(word)).map(stem));
}

function isSaid(word: string, said: ReadonlySet<string>): boolean {
  if (said.has(word) || word.length < 5 || /\d/.test(word)) return said.has(word);
  return [...said].some((other) => other.length > 4 && !commonStems.has(other) && isNear(word, other));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
