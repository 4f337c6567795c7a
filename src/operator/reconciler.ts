import type { Log } from '../base/log.ts';

/** `namespace/name`. Identifies one object; never carries the object or the event. */
export type ObjectKey = `${string}/${string}`;

export type Outcome =
  { readonly kind: 'settled' } | { readonly kind: 'again' } | { readonly kind: 'later'; readonly afterMs: number };

export const settled: Outcome = { kind: 'settled' };
export const again: Outcome = { kind: 'again' };
export const later = (afterMs: number): Outcome => ({ kind: 'later', afterMs });

export interface ReconcileContext {
  /** Fires when the lease is lost or the process must end: start no effect afterwards. */
  readonly signal: AbortSignal;
  readonly log: Log;
}

export interface Reconciler {
  readonly name: string;
  reconcile(key: ObjectKey, context: ReconcileContext): Promise<Outcome>;
}
