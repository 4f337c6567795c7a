import type { ToolContext, ToolDeclaration } from './tool.ts';

export interface Agent {
  readonly name: string;
  /** Shown to the supervisor when it picks an agent. */
  readonly purpose: string;
  /** System prompt of this agent. */
  readonly instructions: string;
  readonly tools: readonly ToolDeclaration[];
  /** Agents this one may delegate to, by name: each becomes a tool `ask_<name>{task, answerDirectly}`. */
  readonly delegates: readonly string[];
  /** What exists right now in the agent's backend, for prompts and the builtin planner. Bounded by `limit` entries. */
  inventory?(context: InventoryContext): Promise<readonly InventoryItem[]>;
}

export type InventoryContext = Pick<ToolContext, 'signal' | 'namespace' | 'serviceAccountName' | 'log'> & {
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
