import type { z } from 'zod';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';

/**
 * What a repeat of the call after a crash may do (docs/architecture.md, "The durable step"):
 * - `pure`: reads only; may be repeated.
 * - `named`: creates or patches an object whose name follows from the decision's position; a repeat adopts it.
 * - `keyed`: the receiver is asked by a key of ours before the call is repeated.
 * - `external`: the receiver takes no key; after a crash the outcome is Ambiguous and never re-fired.
 * - `wait`: returns `waiting` until a run has ended or a time has come; nothing is held open meanwhile.
 */
export type Effect = 'pure' | 'named' | 'keyed' | 'external' | 'wait';

/** The right a call needs, in the receiver's own vocabulary, for example create tekton.dev/pipelineruns. */
export interface Access {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly name?: string;
}

/** Facts of the call that the engine decides, never the model. */
export interface ToolContext {
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly log: Log;
  /** Namespace of the conversation or intent: all reads and writes of a tool stay in it. */
  readonly namespace: string;
  /** The run-as ServiceAccount of that namespace; backends act as `system:serviceaccount:<namespace>:<name>`. */
  readonly serviceAccountName: string;
  /** SwarmConfig of the namespace that names the backends; `default` when absent. */
  readonly configName?: string | undefined;
  /** Names of the agents that this namespace has. */
  readonly availableAgents: readonly string[];
  /** Owns what the call creates: Conversation or Intent, never the Turn, so that pruning history deletes no run. */
  readonly owner: OwnerReference;
  readonly turn: string;
  /** Follows from the decision's position (26 characters a–z, 2–7): the name or idempotency key of its effect. */
  readonly effectKey: string;
  /** `sha256:<hex>` of the canonical arguments; travels with the effect and is compared on adoption. */
  readonly argumentsDigest: string;
  /** The first number that citations of this call may carry: no other call of the turn uses it or the next 15. */
  readonly citationsFrom: number;
  /** When the decision was recorded; a waiting tool measures its timeout from here. */
  readonly decidedAt: Date;
  /** False when another process may have taken the decision, and may have begun to act on it. */
  readonly isOwnDecision: boolean;
}

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

/** A run that a call started, looked at or waits for. */
export interface RunReference {
  readonly backend: 'tekton' | 'kfp';
  readonly namespace: string;
  readonly name: string;
  readonly id: string;
  readonly pipeline: string;
  /** The backend's own word made uniform: Pending, Running, Succeeded, Failed, Cancelled. */
  readonly state: RunState;
  readonly startedAt?: string | undefined;
  readonly finishedAt?: string | undefined;
  readonly message?: string | undefined;
  readonly url?: string | undefined;
  readonly results?: Readonly<Record<string, string>> | undefined;
}
export type RunState = 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Cancelled';

export interface Citation {
  readonly n: number;
  readonly title: string;
  readonly url: string;
}

export interface ToolSuccess<Data = unknown> {
  readonly kind: 'ok';
  /** One sentence with the numbers that matter. */
  readonly summary: string;
  readonly data: Data;
  readonly citations?: readonly Citation[];
  /** True when any byte of summary or data was written by someone other than the backend itself (logs, objects, …). */
  readonly untrusted?: boolean;
  /** Runs that this call started (named and keyed) or looked at (wait); they enter `status.pipelineRuns`. */
  readonly runs?: readonly RunReference[];
}

/** Something the model can use: it may correct itself, ask, or say so. */
export interface ToolFailure {
  readonly kind: 'error';
  /** PascalCase, closed list per tool: NotFound, InvalidArgument, Forbidden, AlreadyFinished, EffectConflict, … */
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly untrusted?: boolean;
}

/** Only `wait` tools: ask again when the run changes, or at `until` at the latest. */
export interface ToolWaiting {
  readonly kind: 'waiting';
  readonly summary: string;
  readonly until: Date;
  readonly run?: RunReference;
}

export type ToolResult<Data = unknown> = ToolSuccess<Data> | ToolFailure | ToolWaiting;

export interface ToolDeclaration<Input extends z.ZodObject = z.ZodObject, Output extends z.ZodType = z.ZodType> {
  /** snake_case, unique within its agent. */
  readonly name: string;
  /** One sentence, for models and for the reference documentation. */
  readonly description: string;
  readonly effect: Effect;
  readonly input: Input;
  /** Shape of `data` of a success. */
  readonly output: Output;
  readonly access: readonly Access[];
  /** 3–6 requests in people's words that this tool serves; used by the builtin planner and the reference. */
  readonly examples: readonly string[];
  /** How a person is shown the data. */
  readonly display: 'text' | 'table' | 'tree' | 'vega-lite' | 'markdown' | 'code';
  /** True for deletions: asks whatever the policy says. */
  readonly destructive?: boolean;
  /** True when the summary of a success is itself the reply to the person: the turn needs no further model call. */
  readonly replies?: boolean;
}

/** A declaration that can be executed: what the turn engine sees. */
export interface Tool extends ToolDeclaration {
  /** The arguments have passed the input schema. Throws RetryableError or TerminalError; everything else is a bug. */
  execute(input: never, context: ToolContext): Promise<ToolResult>;
  /**
   * Checks a write against live facts before a person is asked to approve it (unknown pipeline, missing parameter).
   * Returns the failure for the model, or undefined when the call could be made.
   */
  precheck?(input: never, context: ToolContext): Promise<ToolFailure | undefined>;
  /** What the call would come to, in a sentence for the person who decides: what is lost, when it fires next. */
  preview?(input: never, context: ToolContext): Promise<string | undefined>;
  /** Whether this very call would delete or replace something: then it asks like a destructive tool. */
  destroys?(input: never): boolean;
}

type Executable<Input extends z.ZodObject, Output extends z.ZodType> = ToolDeclaration<Input, Output> & {
  execute(input: z.output<Input>, context: ToolContext): Promise<ToolResult<z.output<Output>>>;
  precheck?(input: z.output<Input>, context: ToolContext): Promise<ToolFailure | undefined>;
  preview?(input: z.output<Input>, context: ToolContext): Promise<string | undefined>;
  destroys?(input: z.output<Input>): boolean;
};

/** The only way to make a tool: the compiler checks that execute takes the input schema's type. */
export function defineTool<Input extends z.ZodObject, Output extends z.ZodType>(tool: Executable<Input, Output>): Tool {
  return tool;
}
