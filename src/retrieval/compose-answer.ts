import { analyze } from './analyzer.ts';
import { speaksToModel } from './injection-signs.ts';
import { expansionsOf } from './query-expansion.ts';
import { splitSentences, unitsOf, type TextUnit } from './sentences.ts';

/** A passage that an answer may cite. */
export interface CitablePassage {
  readonly n: number;
  readonly title: string;
  readonly url: string;
  readonly text: string;
}

export interface ComposedAnswer {
  readonly text: string;
  /** Numbers of the passages that it cites, ascending. */
  readonly cited: readonly number[];
}

const maxSentences = 4;
const maxCharacters = 1_400;
const maxCodeCharacters = 800;
const [shortest, longest] = [25, 400];
/** Every passage after the first counts so much less, so that the best page speaks first. */
const passageDecay = 0.8;
const otherNameWeight = 0.4;
/** The best sentence of all decides what is worth saying beside it. */
const worthSaying = 0.45;

interface Candidate {
  readonly passage: CitablePassage;
  readonly place: number;
  readonly unit: TextUnit;
  readonly terms: ReadonlySet<string>;
  readonly score: number;
  /** Code that this sentence leads to. */
  readonly code: string | undefined;
}

/**
 * An answer without a model: the sentences of the passages that say most of the question, in the order of their pages,
 * each with the number of its passage. Whoever asks how gets the example too. Undefined when no sentence says anything.
 */
export function composeAnswer(question: string, passages: readonly CitablePassage[]): ComposedAnswer | undefined {
  const candidates = rated(question, passages);
  const chosen = choose(candidates, asksHow(question));
  if (chosen.length === 0) return exampleAlone(passages[0]);
  const ordered = chosen.toSorted((left, right) => order(passages, left) - order(passages, right));
  const text = ordered.map(written).join('').trim();
  return { text, cited: [...new Set(ordered.map(({ passage }) => passage.n))].sort((left, right) => left - right) };
}

/** A passage that is nothing but an example. */
function exampleAlone(passage: CitablePassage | undefined): ComposedAnswer | undefined {
  const code = unitsOf(passage?.text ?? '').find(({ kind, text }) => kind === 'code' && isShowable(text));
  if (passage === undefined || code === undefined) return undefined;
  return { text: `The nearest passage is ${passage.title} [${passage.n}]:\n\n${code.text}`, cited: [passage.n] };
}

function rated(question: string, passages: readonly CitablePassage[]): Candidate[] {
  const units = passages.flatMap((passage, rank) => {
    const own = unitsOf(passage.text);
    return own.map((unit, place) => ({
      passage,
      rank,
      place,
      unit,
      next: own[place + 1],
      terms: new Set(analyze(unit.text)),
    }));
  });
  const sentences = units.filter(({ unit }) => unit.kind === 'sentence' && isReadable(unit.text));
  const weights = wordWeights(question, sentences.map(({ terms }) => terms)); // prettier-ignore
  return sentences.map(({ passage, rank, place, unit, next, terms }) => {
    const said = [...weights].reduce((sum, [term, weight]) => sum + (terms.has(term) ? weight : 0), 0);
    const code = next?.kind === 'code' && isShowable(next.text) ? next.text : undefined;
    const brevity = 1 / Math.sqrt(1 + unit.text.length / 160);
    return { passage, place, unit, terms, code, score: said * brevity * passageDecay ** rank };
  });
}

/** Words of the question weigh by how few of the sentences have them. */
function wordWeights(question: string, sentences: readonly ReadonlySet<string>[]): ReadonlyMap<string, number> {
  const rarity = (term: string) =>
    Math.log(1 + sentences.length / (1 + sentences.filter((terms) => terms.has(term)).length));
  const weights = new Map<string, number>();
  for (const { text } of expansionsOf(question, 1)) {
    for (const term of analyze(text)) weights.set(term, otherNameWeight * rarity(term));
  }
  for (const term of analyze(question)) weights.set(term, rarity(term));
  return weights;
}

function isShowable(code: string): boolean {
  return code.length <= maxCodeCharacters && !speaksToModel(code);
}

/** Sends the reader elsewhere, where the link is that an answer does not carry. */
const sendsAway =
  /^(?:for (?:more|further|details|a complete)|see|refer to|read|check(?: out)?|visit|learn more|more (?:information|details)|please (?:see|refer|read))\b/i;
const leastLetterShare = 0.7;

function isReadable(text: string): boolean {
  const letters = text.match(/[\p{L}\s]/gu)?.length ?? 0;
  const isProse = letters >= leastLetterShare * text.length && !/^[{[<|]/.test(text);
  const isFit = text.length >= shortest && text.length <= longest;
  return isProse && isFit && !/https?:\/\//.test(text) && !sendsAway.test(text) && !speaksToModel(text);
}

/** The best ones that fit, none of which repeats another; at most one brings its code along. */
function choose(candidates: readonly Candidate[], wantsCode: boolean): readonly Candidate[] {
  const best = candidates.toSorted((left, right) => right.score - left.score);
  const least = (best[0]?.score ?? 0) * worthSaying;
  let chosen: readonly Candidate[] = [];
  for (const each of best.filter(({ score }) => score > least)) {
    const mayShowCode = wantsCode && chosen.every(({ code }) => code === undefined);
    const next = mayShowCode ? each : { ...each, code: undefined };
    if (chosen.length < maxSentences && addsTo(chosen, next)) chosen = [...chosen, next];
  }
  return chosen;
}

function addsTo(chosen: readonly Candidate[], next: Candidate): boolean {
  const leadsNowhere = next.unit.text.endsWith(':') && next.code === undefined;
  const length = [...chosen, next].reduce((sum, { unit, code = '' }) => sum + unit.text.length + code.length + 8, 0);
  return !leadsNowhere && length <= maxCharacters && !chosen.some((other) => saysTheSame(other, next));
}

function saysTheSame(left: Candidate, right: Candidate): boolean {
  const shared = [...right.terms].filter((term) => left.terms.has(term)).length;
  return shared >= 0.7 * Math.min(left.terms.size, right.terms.size);
}

function order(passages: readonly CitablePassage[], { passage, place }: Candidate): number {
  return passages.indexOf(passage) * 10_000 + place;
}

function written({ unit, passage, code }: Candidate): string {
  if (code !== undefined) return `${unit.text.replace(/[.:]+$/, '')} [${passage.n}]:\n\n${code}\n\n`;
  const ended = /[.!?]["'”’)]*$/.test(unit.text) ? unit.text : `${unit.text.replace(/[,;:]+$/, '')}.`;
  return splitSentences(capitalised(ended))
    .map((part) => `${part} [${passage.n}] `)
    .join('');
}

function capitalised(text: string): string {
  // A name in code keeps its spelling.
  return /^\p{Ll}+[ ,]/u.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}

function asksHow(question: string): boolean {
  return /\b(?:how|example|sample|yaml|command|code|snippet|configure|enable|set ?up|write|create|deploy|install|use|run|define|add)\b/i.test(
    question,
  );
}
