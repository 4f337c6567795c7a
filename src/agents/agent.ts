import type { Tool, ToolContext } from './tool.ts';

export interface Agent {
  readonly name: string;
  /** Shown to the supervisor when it picks an agent. */
  readonly purpose: string;
  /** System prompt of this agent. */
  readonly instructions: string;
  readonly tools: readonly Tool[];
  /** Agents this one may delegate to, by name: each becomes a tool `ask_<name>{task, answerDirectly}`. */
  readonly delegates: readonly string[];
  /** What exists right now in the agent's backend, for prompts and the builtin planner. Bounded by `limit` entries. */
  inventory?(context: InventoryContext): Promise<readonly InventoryItem[]>;
  /** Holds a model's answer against what the agent's tools brought, before it becomes the agent's answer. */
  reviewAnswer?(answer: AnswerUnderReview): AnswerReview;
}

export interface AnswerUnderReview {
  readonly text: string;
  /** Successful calls of this agent in its frame, oldest first; `data` as the model was shown it, so perhaps cut. */
  readonly results: readonly { readonly tool: string; readonly data: unknown }[];
  /** How many answers in a row were sent back before this one; a third one ends the turn. */
  readonly rejections: number;
}

export type AnswerReview =
  /** The text that becomes the answer: the model's own, or what is left of it. */
  | { readonly kind: 'accepted'; readonly text: string }
  /** The model is told what is wrong, and answers again. */
  | { readonly kind: 'rejected'; readonly problem: string };

export type InventoryContext = Pick<
  ToolContext,
  'signal' | 'namespace' | 'serviceAccountName' | 'configName' | 'log'
> & {
  readonly limit: number;
};

/** Same shape as `InventoryEntry` of src/models, which agents may not import; the engine passes it through. */
export interface InventoryItem {
  readonly agent: string;
  readonly kind: string;
  readonly name: string;
  readonly description?: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly parameters?: readonly { readonly name: string; readonly type: string; readonly default?: string }[];
}
