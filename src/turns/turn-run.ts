import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Usage } from '../models/language-model.ts';
import type { AgentRegistry, Offer } from './agent-registry.ts';
import type { AnswerListener } from './answer-listener.ts';
import type { TurnHooks, TurnMutations } from './boundaries.ts';
import type { FrameRules } from './frames.ts';
import type { InventoryScope, ReadInventory } from './inventory.ts';
import type { OutcomeState } from './journal.ts';
import type { ModelChoice } from './model-choice.ts';
import type { OwnDecisions } from './own-decisions.ts';
import type { TurnFacts } from './turn-facts.ts';

/** What lives as long as the engine. */
export interface EngineParts {
  readonly registry: AgentRegistry;
  readonly readInventory: ReadInventory;
  readonly clock: Clock;
  readonly hooks: TurnHooks;
  readonly mutations: TurnMutations;
  readonly meter: TurnMeter;
  readonly ownDecisions: OwnDecisions;
}

/** Told what happens, for metrics. */
export interface TurnMeter {
  modelAsked(model: string, outcome: 'ok' | 'retryable' | 'terminal' | 'invalid', usage?: Usage): void;
  callEnded(agent: string, tool: string, state: OutcomeState): void;
}

/** One advance of one turn. */
export interface TurnRun extends EngineParts {
  readonly facts: TurnFacts;
  readonly rules: FrameRules;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly interrupt: AbortSignal;
  /** External calls that this very advance has recorded as Started. */
  readonly claimed: ReadonlySet<string>;
  readonly answers: AnswerListener | undefined;
  /** @throws TerminalError when a person must act before there is a model. */
  model(): Promise<ModelChoice>;
}

export function offerAt(run: TurnRun, agent: string, depth: number): Offer {
  return run.registry.offer(agent, { depth, settings: run.facts.agents });
}

export function inventoryScope({ facts, log }: TurnRun): InventoryScope {
  const { namespace, serviceAccountName, configName } = facts;
  return { namespace, serviceAccountName, configName, log };
}
