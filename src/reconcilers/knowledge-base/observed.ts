import type { KnowledgeBase } from '../../api/knowledge-base.ts';
import { annotations } from '../../api/names.ts';
import type { SyncReport } from '../../retrieval/ingest/sync-report.ts';
import type { KnowledgeCounts } from '../../retrieval/knowledge-store.ts';

/** The index that answers now. */
export interface LiveIndex {
  readonly name: string;
  readonly generation: number;
  readonly chunker: string;
}

/** The last try of this process; after a restart there is none. */
export interface LastTry {
  readonly at: Date;
  readonly generation: number;
  readonly allowsDeletions: boolean;
}

export interface Observed {
  readonly knowledgeBase: KnowledgeBase;
  /** Absent: nothing answers yet, or it was lost with its disk. */
  readonly live?: LiveIndex | undefined;
  /** Generations from before the one that answers. */
  readonly obsolete: readonly number[];
  readonly lastTry?: LastTry | undefined;
  /** Rules that passages are cut by now. */
  readonly chunker: string;
  readonly now: Date;
}

/** What came of the work, in the words of the status. */
export type Result =
  | { readonly kind: 'suspended' }
  | { readonly kind: 'started'; readonly indexes: readonly string[] }
  | { readonly kind: 'failed'; readonly reason: string; readonly message: string; readonly timeMayHelp: boolean }
  | Synced;

export interface Synced {
  readonly kind: 'synced';
  readonly report: SyncReport;
  /** The index that answers afterwards. */
  readonly live?: (LiveIndex & { readonly counts: KnowledgeCounts; readonly notice?: string | undefined }) | undefined;
  /** A new build that has lost so much against the one that answers that it was not put in its place. */
  readonly withheld?: { readonly missing: number } | undefined;
  /** All indexes that there are. */
  readonly indexes: readonly string[];
  /** Absent when vectors are not asked for. */
  readonly withoutVector?: number | undefined;
}

/** A person has allowed the reading of this generation to remove any share of the documents. */
export function allowsDeletions({ metadata }: KnowledgeBase): boolean {
  return metadata.annotations?.[annotations.allowDeletions] === String(metadata.generation);
}
