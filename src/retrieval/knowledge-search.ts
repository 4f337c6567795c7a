import { messageOf, RetryableError, TerminalError } from '../base/errors.ts';
import { evidenceOf } from './coverage.ts';
import type { Embedder } from './embedder.ts';
import { fuseByRank, fuseByScore } from './fuse.ts';
import type {
  Knowledge,
  KnowledgeQuestion,
  KnowledgeScope,
  KnowledgeSource,
  SearchResult,
} from './knowledge-source.ts';
import type { KnowledgeIndex, ScoredChunk, SearchAnswer } from './knowledge-store.ts';
import { expansionsOf, type Expansion } from './query-expansion.ts';
import { rankPages } from './rank-pages.ts';

/** A knowledge base that can answer now. */
export interface ReadyBase {
  readonly name: string;
  /** The active generation. */
  readonly index: KnowledgeIndex;
  /** Absent: words alone. */
  readonly embedder?: Embedder | undefined;
}

export interface KnowledgeSourceDependencies {
  /** Knowledge bases of the scope's namespace that have an active generation; TerminalError when there is none. */
  basesOf(scope: KnowledgeScope): Promise<readonly ReadyBase[]>;
  /** How much the vectors count where there are some, 0–1; words count the rest. Default 0.5. */
  readonly vectorShare?: number;
  /** By their scores (default) or by their ranks alone. */
  readonly fusion?: Fusion;
}

export type Fusion = 'scores' | 'ranks';
const fuseBy = { scores: fuseByScore, ranks: fuseByRank };

const hitsPerList = 80;
const passagesPerPage = 3;
const pagesShown = 10;
const expansionWeight = 0.4;
/** With a good model vectors alone may be better; words find the names that no model knows. */
const usualVectorShare = 0.5;

/** Search over the stores of a namespace: both halves of every index, fused, gathered to pages, and judged. */
export function createKnowledgeSource(dependencies: KnowledgeSourceDependencies): KnowledgeSource {
  const { vectorShare = usualVectorShare, fusion = 'scores' } = dependencies;
  const fields = new Map<string, boolean>();
  return {
    async open(scope) {
      const bases = await dependencies.basesOf(scope);
      return knowledgeOf(bases, { signal: scope.signal, vectorShare, fusion, fields });
    },
  };
}

interface Searching {
  readonly signal: AbortSignal;
  readonly vectorShare: number;
  readonly fusion: Fusion;
  /** By name of index: whether it speaks of the field of the vocabulary. */
  readonly fields: Map<string, boolean>;
}

function knowledgeOf(bases: readonly ReadyBase[], searching: Searching): Knowledge {
  return {
    knowledgeBases: bases.map(({ name }) => name).sort(),
    search: (question) =>
      search(
        bases.filter(({ name }) => isAsked(name, question)),
        question,
        searching,
      ),
  };
}

function isAsked(name: string, { knowledgeBase }: KnowledgeQuestion): boolean {
  return knowledgeBase === undefined || knowledgeBase === name;
}

async function search(
  bases: readonly ReadyBase[],
  { text, limit }: KnowledgeQuestion,
  searching: Searching,
): Promise<SearchResult> {
  const answers = await Promise.all(bases.map((base) => searchBase(base, text, searching)));
  const lexical = merged(answers.map(({ answer }) => answer.lexical));
  const vector = merged(answers.map(({ answer }) => answer.vector));
  const hits =
    vector.length === 0
      ? lexical
      : fuseBy[searching.fusion]([
          { hits: lexical, weight: 1 - searching.vectorShare },
          { hits: vector, weight: searching.vectorShare },
        ]);
  const { pages, passages } = rankPages(hits, passagesPerPage);
  const best = pages.flatMap((page) => passages.find(({ chunk }) => isOf(chunk, page))?.chunk ?? []);
  return {
    pages: pages.slice(0, pagesShown),
    passages: passages.slice(0, limit),
    ...evidenceOf({ text }, vocabularyOf(answers.map(({ answer }) => answer)), best),
    notices: [...new Set(answers.flatMap(({ notices }) => notices))],
  };
}

interface BaseAnswer {
  readonly answer: SearchAnswer;
  readonly notices: readonly string[];
}

async function searchBase(base: ReadyBase, text: string, searching: Searching): Promise<BaseAnswer> {
  const { index, name } = base;
  const { signal } = searching;
  const [embedded, expansions] = await Promise.all([
    embeddedQuestion(base, text, signal),
    expansionsFor(index, text, searching),
  ]);
  const vector = embedded instanceof Float32Array ? embedded : undefined;
  const answer = await index.search({ text, expansions, vector, limit: hitsPerList, signal });
  const notices = [index.notice, typeof embedded === 'string' ? embedded : undefined];
  return { answer, notices: notices.flatMap((notice) => (notice === undefined ? [] : [`${name}: ${notice}`])) };
}

/** The question's vector, or why there is none although there should be. */
async function embeddedQuestion(
  { index, embedder }: ReadyBase,
  text: string,
  signal: AbortSignal,
): Promise<Float32Array | string | undefined> {
  const model = index.settings.embeddingModel;
  if (model === undefined) return undefined;
  if (embedder?.model !== model) return `found by words alone: its vectors are of ${model}, which is not set up`;
  try {
    const [vector] = await embedder.embed([text], { kind: 'query', signal });
    return vector;
  } catch (error) {
    if (!(error instanceof RetryableError || error instanceof TerminalError)) throw error;
    return `found by words alone: ${messageOf(error)}`;
  }
}

/** Words that a knowledge base of this field uses all the time, and one of another field hardly ever. */
const fieldWords = ['kubernetes', 'yaml', 'kubectl', 'namespace', 'docker'];
const leastFieldShare = 0.02;

/** The vocabulary of the field helps where the field is spoken of; elsewhere its words mean something else. */
async function expansionsFor(index: KnowledgeIndex, text: string, searching: Searching): Promise<readonly Expansion[]> {
  const speaks = searching.fields.get(index.name) ?? (await speaksOfField(index, searching));
  return speaks ? expansionsOf(text, expansionWeight) : [];
}

async function speaksOfField(index: KnowledgeIndex, { signal, fields }: Searching): Promise<boolean> {
  const probe = { text: fieldWords.join(' '), expansions: [], limit: 1, signal };
  const { chunks, frequencies } = await index.search(probe);
  const uses = Math.max(0, ...frequencies.values());
  const speaks = uses >= Math.max(1, chunks * leastFieldShare);
  if (chunks > 0) fields.set(index.name, speaks);
  return speaks;
}

/** Scores of one kind from several indices: of like texts under one formula, so they are taken as they are. */
function merged(lists: readonly (readonly ScoredChunk[])[]): readonly ScoredChunk[] {
  if (lists.length === 1) return lists[0] ?? [];
  return lists.flat().sort((left, right) => right.score - left.score || (left.chunk.id < right.chunk.id ? -1 : 1));
}

function vocabularyOf(answers: readonly SearchAnswer[]): Pick<SearchAnswer, 'chunks' | 'frequencies'> {
  const frequencies = new Map<string, number>();
  for (const answer of answers) {
    for (const [word, frequency] of answer.frequencies) frequencies.set(word, (frequencies.get(word) ?? 0) + frequency);
  }
  return { chunks: answers.reduce((total, { chunks }) => total + chunks, 0), frequencies };
}

function isOf(chunk: { readonly knowledgeBase: string; readonly document: string }, page: typeof chunk): boolean {
  return chunk.knowledgeBase === page.knowledgeBase && chunk.document === page.document;
}
