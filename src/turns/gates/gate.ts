import type { Offer } from '../agent-registry.ts';
import type { Call, Journal, Step } from '../journal.ts';
import type { TurnFacts } from '../turn-facts.ts';

/** A call that a recorded decision asks for, with everything a gate may judge it by. */
export interface GateInput {
  readonly call: Call;
  readonly step: Step;
  /** What the agent of this step may call at its depth. */
  readonly offer: Offer;
  readonly facts: TurnFacts;
  readonly journal: Journal;
}

export type Verdict =
  | { readonly kind: 'pass' }
  /** The model is told, and may do something else. `reason` is PascalCase. */
  | { readonly kind: 'refuse'; readonly reason: string; readonly message: string; readonly hint?: string }
  /** A person decides. */
  | { readonly kind: 'ask'; readonly reason: string };

/** Judges one call just before it is carried out; reads nothing but its input. */
export type Gate = (input: GateInput) => Verdict;

export const pass: Verdict = { kind: 'pass' };
