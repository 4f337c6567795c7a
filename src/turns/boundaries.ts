/**
 * Every point of a turn where a crash makes a difference, in the order they are passed. Tests stop, break or kill the
 * process there; docs/turn-engine.md says what the successor does.
 */
export const boundaries = [
  'observed',
  'before-claim',
  'after-claim',
  'before-call',
  'after-call',
  'before-model',
  'after-model',
  'before-write',
  'after-write',
  'before-approval-used',
  'after-approval-used',
] as const;
export type Boundary = (typeof boundaries)[number];

export interface TurnHooks {
  boundary(name: Boundary): Promise<void> | void;
}

export const noHooks: TurnHooks = { boundary: () => undefined };

/** Breaks one safety line each, so that a test can prove that it would notice. Never set outside tests. */
export interface TurnMutations {
  /** The journal is written over whatever is there. */
  readonly withoutCompareAndSwap?: boolean;
  /** Calls are carried out before their decision is recorded. */
  readonly effectBeforeJournal?: boolean;
  /** Effects are named by this source instead of the position of their decision. */
  readonly randomEffectKey?: () => string;
}
