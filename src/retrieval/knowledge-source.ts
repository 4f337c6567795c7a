import type { Chunk } from './chunk.ts';

/** Who asks: decided by the engine, never by a model. */
export interface KnowledgeScope {
  readonly namespace: string;
  readonly serviceAccountName: string;
  /** Which SwarmConfig of the namespace. */
  readonly configName?: string | undefined;
  readonly signal: AbortSignal;
}

/** What the docs agent gets its passages from. */
export interface KnowledgeSource {
  /** Knowledge bases of the namespace that can answer. TerminalError with the remedy when there is none. */
  open(scope: KnowledgeScope): Promise<Knowledge>;
}

export interface Knowledge {
  /** Names, sorted. */
  readonly knowledgeBases: readonly string[];
  search(question: KnowledgeQuestion): Promise<SearchResult>;
}

export interface KnowledgeQuestion {
  readonly text: string;
  /** One of `knowledgeBases`; all of them when absent. */
  readonly knowledgeBase?: string | undefined;
  /** How many passages. */
  readonly limit: number;
}

export interface SearchResult {
  /** Best first; chunks of the best pages. */
  readonly passages: readonly Passage[];
  /** Best first, each once, at most ten. */
  readonly pages: readonly RankedPage[];
  /** False: the passages do not cover the question; say so instead of answering. */
  readonly confident: boolean;
  /** Share of the question, 0–1, weighted by how rare its words are, that the best passage covers. */
  readonly coverage: number;
  /** What a person should know about this search, for example that vectors were left out. */
  readonly notices: readonly string[];
}

export interface Passage {
  readonly chunk: Chunk;
  readonly score: number;
}

export interface RankedPage {
  readonly knowledgeBase: string;
  readonly document: string;
  readonly url: string;
  readonly title: string;
  readonly score: number;
}
