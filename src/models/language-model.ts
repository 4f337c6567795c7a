/**
 * The port between Swarm and any language model: the OpenAI-compatible adapter and the builtin planner fulfil it.
 * A response is complete or it is an error: nothing acts on half an answer.
 */
export interface LanguageModel {
  /** Shown in journals and metrics, for example `gpt-5-mini` or `builtin`. */
  readonly name: string;
  /**
   * @throws RetryableError when time may help (429, 5xx, timeout, connection lost); `retryAfterMs` from Retry-After.
   * @throws TerminalError when a person must act (wrong key, unknown model, bad base URL).
   * @throws ModelOutputError when the endpoint answered, but not with a usable response.
   */
  respond(request: ModelRequest): Promise<ModelResponse>;
}

export interface ModelRequest {
  readonly system: string;
  /** Oldest first. Every assistant call is answered by exactly one tool message before the next assistant message. */
  readonly messages: readonly ModelMessage[];
  readonly tools: readonly ToolSchema[];
  /** What exists right now. Already rendered into `system` for models that read text; typed for the builtin planner. */
  readonly inventory: readonly InventoryEntry[];
  /** The turn's own time: relative dates ("yesterday") are resolved against it, so a replay gives the same answer. */
  readonly now: Date;
  readonly maxOutputTokens?: number;
  readonly signal: AbortSignal;
  /** Text as it arrives; for display only, never for decisions. */
  readonly onDelta?: (text: string) => void;
}

export type ModelMessage =
  | { readonly role: 'user'; readonly text: string }
  | { readonly role: 'assistant'; readonly text: string; readonly calls: readonly ModelCall[] }
  | {
      readonly role: 'tool';
      readonly callId: string;
      readonly tool: string;
      /** JSON text of what the model may see of the outcome: `{summary, data}` or `{error: {code, message, hint}}`. */
      readonly content: string;
    };

export interface ModelCall {
  readonly id: string;
  readonly tool: string;
  /** JSON text exactly as the model wrote it; the engine parses and validates it. */
  readonly arguments: string;
}

export interface ModelResponse {
  readonly text: string;
  readonly calls: readonly ModelCall[];
  readonly usage: Usage;
  readonly finish: 'stop' | 'tool-calls' | 'length' | 'content-filter' | 'other';
}

export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export interface ToolSchema {
  readonly name: string;
  /** One sentence. */
  readonly description: string;
  /**
   * JSON Schema (draft 2020-12) of an object. A property may carry `x-inventory: <kind>`: its value names an inventory
   * entry of that kind. Adapters that send schemas over the wire leave `x-` members out.
   */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Requests, in people's words, that this tool serves. */
  readonly examples: readonly string[];
  /** For `ask_<agent>` tools: the agent's name and what its tools serve, so that a planner can choose between agents. */
  readonly delegate?: { readonly agent: string; readonly tools: readonly ToolSchema[] };
  /** False for `pure` and waiting tools. */
  readonly writes: boolean;
}

/** A thing that exists: a pipeline, a run, a bucket, an object, … Names are exact. */
export interface InventoryEntry {
  /** Agent that serves it: kfp, tekton, minio, docs. */
  readonly agent: string;
  /** pipeline, run, task, experiment, schedule, bucket, object, knowledge-base, namespace. */
  readonly kind: string;
  readonly name: string;
  readonly description?: string;
  /** Facts worth matching on: state, pipeline, bucket, createdAt (RFC 3339), namespace, version, … */
  readonly attributes: Readonly<Record<string, string>>;
  /** Declared inputs of a pipeline. */
  readonly parameters?: readonly InventoryParameter[];
}

export interface InventoryParameter {
  readonly name: string;
  /** string, integer, number, boolean, array, object. */
  readonly type: string;
  /** Absent: required. JSON text or plain string as the backend reports it. */
  readonly default?: string;
}

/** The endpoint answered with something that is no response: HTML, cut JSON, no choices, invalid UTF-8, … */
export class ModelOutputError extends Error {
  override readonly name = 'ModelOutputError';
}
