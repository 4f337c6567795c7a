import { analyze, stemOf } from './analyzer.ts';
import type { CitablePassage } from './compose-answer.ts';
import { splitSentences } from './sentences.ts';
import { markdownBlocks } from './markdown-blocks.ts';

export type AnswerProblemKind =
  'UnknownCitation' | 'ForeignUrl' | 'QuoteNotFound' | 'NotInPassage' | 'Unsupported' | 'Uncited';

export interface AnswerProblem {
  readonly kind: AnswerProblemKind;
  readonly sentence: string;
  /** What exactly was not found: the number, address, quotation, name or figure. */
  readonly detail: string;
}

export interface VerifiedAnswer {
  readonly problems: readonly AnswerProblem[];
  /** The sentences that stand: without those that have a problem, and without citations that lead nowhere. */
  readonly text: string;
  /** Numbers that the remaining text cites, ascending. */
  readonly cited: readonly number[];
}

/** Share of a sentence's words, by weight, that its passages must say (token containment as a stand-in for entailment). */
const leastSupport = 0.5;
/** Shorter than this, a sentence says nothing that needs a source ("Yes.", "Here is an example:"). */
const leastContentWords = 4;

/**
 * Holds every sentence against the passages it cites: the numbers exist, addresses and quotations are theirs to the letter,
 * figures, flags and names of code are there, and most of its words are. Needs no model, so it judges the same twice.
 */
export function verifyAnswer(text: string, passages: readonly CitablePassage[]): VerifiedAnswer {
  const context = contextOf(passages);
  const problems: AnswerProblem[] = [];
  const kept: string[] = [];
  for (const block of markdownBlocks(text)) {
    const rest = block.kind === 'heading' ? headingText(block) : checkedBlock(block, context, problems);
    if (rest !== '') kept.push(rest);
  }
  const rest = kept.join('\n\n');
  return { problems, text: rest, cited: citedIn(rest) };
}

interface Context {
  readonly passages: ReadonlyMap<number, Normalised>;
  readonly urls: ReadonlySet<string>;
  readonly weightOf: (term: string) => number;
}

interface Normalised {
  readonly literal: string;
  readonly terms: ReadonlySet<string>;
}

function contextOf(passages: readonly CitablePassage[]): Context {
  const normalised = new Map(
    passages.map(({ n, title, text }) => {
      const whole = `${title}\n${text}`;
      return [n, { literal: literalOf(whole), terms: new Set(analyze(whole)) }];
    }),
  );
  const all = [...normalised.values()];
  const urls = new Set(passages.flatMap(({ url }) => [url, url.replace(/#.*$/, '')]));
  const weightOf = (term: string) =>
    Math.log(1 + (all.length + 1) / (0.5 + all.filter(({ terms }) => terms.has(term)).length));
  return { passages: normalised, urls, weightOf };
}

type Lines = Extract<ReturnType<typeof markdownBlocks>[number], { lines: readonly string[] }>;

function headingText(block: ReturnType<typeof markdownBlocks>[number]): string {
  return block.kind === 'heading' ? `${'#'.repeat(block.level)} ${block.text}` : '';
}

function checkedBlock(block: Lines, context: Context, problems: AnswerProblem[]): string {
  if (block.kind === 'code') {
    const found = codeProblem(block.lines, context);
    if (found) problems.push(found);
    return found ? '' : block.lines.join('\n');
  }
  const prose = withoutEmbeds(block.lines.join('\n')).split('\n');
  const lines = prose.map((line) => checkedLine(line, context, problems));
  return lines.filter((line) => line !== '').join('\n');
}

/** A list stays a list: marks at the start of the line are kept with what is left of it. */
function checkedLine(line: string, context: Context, problems: AnswerProblem[]): string {
  const mark = /^\s*(?:[-*+]|\d+[.)]|>)?\s*/.exec(line)?.[0] ?? '';
  const sentences = splitSentences(line.slice(mark.length).replace(citationAfterStop, '$2$1'));
  const standing = sentences.flatMap((sentence) => {
    const found = sentenceProblems(sentence, context);
    problems.push(...found);
    return found.length === 0 ? [sentence] : salvaged(sentence, found, context);
  });
  return standing.length === 0 ? '' : mark + standing.join(' ');
}

const citation = /\s*\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\]/g;
const citationAfterStop = /([.!?])((?:\s*\[\d{1,3}(?:\s*,\s*\d{1,3})*\])+)/g;

/** When nothing but a wrong number among right ones is the matter, the number goes and the sentence stays. */
function salvaged(sentence: string, found: readonly AnswerProblem[], context: Context): string[] {
  if (found.some(({ kind }) => kind !== 'UnknownCitation')) return [];
  const known = sentence.replace(citation, (match, list: string) => {
    const numbers = list.split(',').filter((number) => context.passages.has(Number(number)));
    return numbers.length === 0 ? '' : match.replace(list, numbers.map((number) => number.trim()).join(', '));
  });
  return sentenceProblems(known, context).length === 0 ? [known] : [];
}

function sentenceProblems(sentence: string, context: Context): AnswerProblem[] {
  const numbers = citedIn(sentence);
  const unknown = numbers.filter((n) => !context.passages.has(n));
  const cited = numbers.flatMap((n) => context.passages.get(n) ?? []);
  const claim = sentence.replace(citation, '');
  const problem = (kind: AnswerProblemKind, details: readonly string[]) =>
    details.map((detail) => ({ kind, sentence, detail }));
  const general = [
    ...problem('UnknownCitation', unknown.map((n) => `[${n}]`)), // prettier-ignore
    ...problem('ForeignUrl', urlsIn(claim).filter((url) => !context.urls.has(url))), // prettier-ignore
  ];
  if (cited.length > 0) return [...general, ...supportProblems(sentence, withoutUrls(claim), { cited, context })];
  const isBare = numbers.length === 0 && needsSource(claim);
  return isBare ? [...general, ...problem('Uncited', ['no [n]'])] : general;
}

interface Support {
  readonly cited: readonly Normalised[];
  readonly context: Context;
}

function supportProblems(sentence: string, claim: string, { cited, context }: Support): AnswerProblem[] {
  const isThere = (literal: string) => cited.some((passage) => passage.literal.includes(literalOf(literal)));
  const quotes = quotesIn(claim).filter((quote) => !isThere(quote));
  if (quotes.length > 0) return quotes.map((detail) => ({ kind: 'QuoteNotFound', sentence, detail }));
  const literals = literalsIn(claim).filter((literal) => !hasLiteral(cited, literal));
  if (literals.length > 0) return literals.map((detail) => ({ kind: 'NotInPassage', sentence, detail }));
  if (pointer.test(claim) || claim.trim().endsWith(':')) return [];
  const share = supportOf(claim, cited, context);
  return share >= leastSupport
    ? []
    : [{ kind: 'Unsupported', sentence, detail: `${Math.round(share * 100)} % of it is there` }];
}

/** Numbers stand alone: 3 is not in 30. */
function hasLiteral(cited: readonly Normalised[], literal: string): boolean {
  const wanted = literalOf(literal);
  if (!/^\d/.test(wanted)) return cited.some((passage) => passage.literal.includes(wanted));
  const pattern = new RegExp(`(?<![\\d.])${wanted.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?!\\.?\\d)`);
  return cited.some((passage) => pattern.test(passage.literal));
}

function supportOf(claim: string, cited: readonly Normalised[], { weightOf }: Context): number {
  const terms = [...new Set(analyze(claim))];
  const total = terms.reduce((sum, term) => sum + weightOf(term), 0);
  const said = terms.filter((term) => cited.some((passage) => passage.terms.has(term)));
  return total === 0 ? 1 : said.reduce((sum, term) => sum + weightOf(term), 0) / total;
}

/** Code is shown as it stands in a passage, line by line. */
function codeProblem(lines: readonly string[], context: Context): AnswerProblem | undefined {
  const body = lines.slice(1, -1).map(literalOf).filter((line) => line !== ''); // prettier-ignore
  const isThere = [...context.passages.values()].some(({ literal }) => body.every((line) => literal.includes(line)));
  const first = body.find((line) => ![...context.passages.values()].some(({ literal }) => literal.includes(line)));
  return isThere ? undefined : { kind: 'NotInPassage', sentence: lines.join('\n'), detail: first ?? body[0] ?? 'code' };
}

export function citedIn(text: string): number[] {
  const numbers = [...text.matchAll(citation)].flatMap(([, list = '']) => list.split(',').map(Number));
  return [...new Set(numbers)].sort((left, right) => left - right);
}

const address = /https?:\/\/[^\s<>"'`)\]]+/g;

function urlsIn(text: string): string[] {
  return (text.match(address) ?? []).map((url) => url.replace(/[.,;:!?]+$/, ''));
}

function withoutUrls(text: string): string {
  return text.replace(/\]\(https?:\/\/[^)]*\)/g, ']').replace(address, '');
}

function quotesIn(text: string): string[] {
  const spoken = text.replace(/`[^`]*`/g, '');
  return [...spoken.matchAll(/["“”]([^"“”]{3,})["“”]/g)].map(([, quote = '']) => quote.replace(/[.,;]$/, ''));
}

const numbers = /(?<![\w.-])\d+(?:[.,]\d+)*(?:%|[a-zA-Z]{1,3})?(?![\w-])/g;
const flags = /(?<!\S)--?[a-zA-Z][\w-]*/g;
const names =
  /\b(?:[a-z]+[A-Z]\w*|[A-Z][a-z0-9]+[A-Z]\w*|\w+_\w+|[A-Za-z][\w-]*(?:\.[A-Za-z][\w-]*){2,}|[\w-]+\/[\w./-]+)\b/g;

/** What must be there to the letter: code, flags, names of fields and kinds, numbers. */
function literalsIn(text: string): string[] {
  const code = [...text.matchAll(/`([^`]+)`/g)].map(([, inner = '']) => inner);
  const prose = text.replace(/`[^`]*`/g, ' ');
  return [...code, ...(prose.match(flags) ?? []), ...(prose.match(names) ?? []), ...(prose.match(numbers) ?? [])].map(
    (each) => each.trim(),
  );
}

function literalOf(text: string): string {
  return text
    .replace(/[“”]/g, '"')
    .replace(/[‘’]/g, "'")
    .replace(/[`*\\]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Names where to look, and claims nothing; neither does a sentence that leads to code. */
const pointer = /^The nearest (?:pages?|passages?) (?:is|are)\b/;

/** Says that nothing was found, asks back, or leads to what follows: such a sentence has no source. */
const sourceless =
  /\?$|:$|\b(?:no|not|none|nothing|cannot|can't|couldn't|unable)\b.*\b(?:document|documentation|passages?|pages?|sources?|knowledge bases?|found|answer)/i;

function needsSource(claim: string): boolean {
  const words = new Set(analyze(claim).map(stemOf));
  return words.size >= leastContentWords && !sourceless.test(claim.trim());
}

/** Pictures and raw HTML could carry text of the conversation to another server as soon as they are shown. */
function withoutEmbeds(text: string): string {
  return text
    .replace(/!\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/<\/?[a-zA-Z][^<>]*>(?![^\n`]*`)/g, (tag) => (/^<https?:/.test(tag) ? tag : ''));
}
