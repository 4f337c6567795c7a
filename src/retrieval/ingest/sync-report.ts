import type { RetryableError, TerminalError } from '../../base/errors.ts';

/** What one reading of all sources came to. */
export interface SyncReport {
  /** In the order of the spec. */
  readonly sources: readonly SourceReport[];
  /** Documents that were removed because their source no longer has them. */
  readonly removed: number;
  /** Documents that are gone from their sources and were kept, because they were too many at once. */
  readonly heldBack: number;
  /** Why vectors are missing. */
  readonly embeddingTrouble?: RetryableError | TerminalError | undefined;
  /** It ended early, because the knowledge base has changed meanwhile. */
  readonly interrupted: boolean;
}

export interface SourceReport {
  readonly name: string;
  readonly documents: number;
  readonly chunks: number;
  /** It was listed to its end, and all that it has could be read. */
  readonly isComplete: boolean;
  /** False: only a person can help. */
  readonly timeMayHelp: boolean;
  /** What a person should know about it. */
  readonly message?: string | undefined;
}
