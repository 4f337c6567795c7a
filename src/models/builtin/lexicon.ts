import lexicon from '../../language/lexicon.json' with { type: 'json' };
import { pattern, patterns, stem } from '../../language/text.ts';

/**
 * What people say for what they want, in the words of machine learning operations. Names that exist are masked before
 * these are tried (see mentions.ts): ① pipeline ② run ③ experiment ④ schedule ⑤ bucket ⑥ object ⑨ namespace.
 */
export const maskOf: Readonly<Record<string, string>> = {
  ...{ pipeline: '①', run: '②', experiment: '③', schedule: '④', bucket: '⑤', object: '⑥', namespace: '⑨' },
};

/** Deeds: a tool that is not meant for one of them is a wrong answer to it. */
export const deeds = patterns(lexicon.deeds);

/** Deeds that change something: a question does not ask for them. */
const changes = 'start|stop|again|pause|resume|recur|delete|upload|create|copy|move|put'.split('|');
export const isChange = (deed: string): boolean => changes.includes(deed);

/** Ways of asking that many tools share; whether something that runs has ended is asked in many ways. */
export const asks = patterns({ ...lexicon.asks, get: [lexicon.ended, ...lexicon.asks.get] });

/** Things that are asked about. */
export const things = patterns({ ...lexicon.things, run: [lexicon.ended, ...lexicon.things.run] });

/** Words that say whose pipelines and runs are meant. */
export const domains = patterns(lexicon.domains);

export const phrases = patterns(lexicon.phrases);

/** States of runs in people's words. */
export const states: Readonly<Record<string, RegExp>> = patterns(lexicon.states);

/** What is stopped runs; what is diagnosed or tried again has failed. */
export const impliedStates: Readonly<Record<string, readonly string[]>> = {
  stop: ['Running', 'Pending'],
  diagnose: ['Failed'],
  again: ['Failed'],
};

/** Stems of words that fit nearly everything: they may tell two candidates apart, but find none. */
export const commonStems: ReadonlySet<string> = new Set(lexicon.words.common.split(' ').map(stem));

/** Words that speak of searching, and not of what is searched for. */
export const searchWords: ReadonlySet<string> = new Set(lexicon.words.searching.split(' '));

/** Which entries of a table occur in the text, first ones first. */
export function occurrences(table: Readonly<Record<string, RegExp>>, text: string): readonly string[] {
  const found = Object.entries(table).map(([name, expression]) => ({ name, index: text.search(expression) }));
  const said = found.filter(({ index }) => index >= 0).toSorted((a, b) => a.index - b.index);
  return said.map(({ name }) => name);
}

export function startsWith(text: string, expression: RegExp): boolean {
  return text.search(expression) === 0;
}

/** The text without the words of courtesy that it begins with. */
export function withoutFiller(masked: string): string {
  return masked.replace(leadingFiller, '');
}
const leadingFiller = new RegExp(
  `^(?:[\\s,.!?:-]|${phrases.filler.source}|${pattern('i').source}(?=\\s+(?:just|only)))+`,
  'u',
);
