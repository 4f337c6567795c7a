import type { OwnerReference } from '../agents/tool.ts';

/** What is known about a turn besides its journal: asked by whom, for what, within which bounds. */
export interface TurnFacts {
  readonly namespace: string;
  readonly name: string;
  /** Owns whatever the calls create. */
  readonly owner: OwnerReference;
  /** Takes part in every effect key: UID of the owner, or what stands for it when outcomes are reused. */
  readonly effectSeed: string;
  readonly serviceAccountName: string;
  /** SwarmConfig that names the backends; the namespace's usual one when absent. */
  readonly configName?: string | undefined;
  /** Agent that answers first. */
  readonly agent: string;
  readonly text: string;
  /** Facts that must be used as they are. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Earlier turns of the conversation, oldest first. */
  readonly history: readonly Exchange[];
  /** What still older turns established. */
  readonly summary?: string | undefined;
  /** The turn's own time: relative dates are resolved against it. */
  readonly askedAt: Date;
  readonly deadline: Date;
  readonly limits: TurnLimits;
  readonly policy: Policy;
  /** Settings of single agents by name; an agent without any is enabled with all its tools. */
  readonly agents: Readonly<Record<string, AgentSettings>>;
  readonly approvals: readonly ApprovalGiven[];
  /** UTF-8 bytes of JSON that the steps may have in all. */
  readonly journalBytes: number;
}

export interface Exchange {
  readonly text: string;
  readonly reply: string;
}

export interface TurnLimits {
  readonly maxSteps: number;
  readonly maxTokens: number;
  readonly maxParallelCalls: number;
}

export interface AgentSettings {
  readonly enabled: boolean;
  readonly instructions?: string | undefined;
  /** Names of the tools it may use; all when absent. */
  readonly tools?: readonly string[] | undefined;
}

/** An Approval that names this very turn. */
export interface ApprovalGiven {
  readonly name: string;
  readonly callId: string;
  readonly argumentsDigest: string;
  readonly decision: 'Approve' | 'Deny';
  readonly reason?: string | undefined;
  readonly by?: string | undefined;
  readonly createdAt: Date;
}

export type AskLevel = 'Never' | 'OnRisk' | 'Writes' | 'Always';

export interface Rule {
  /** Name of the agent; `*` for all. */
  readonly agent: string;
  readonly tool: string;
  readonly decision: 'Allow' | 'Ask' | 'Deny';
}

/** What may be done, and what a person is asked about first. */
export interface Policy {
  /** When a person is asked if no rule of the object says otherwise. */
  readonly ask: AskLevel;
  /** Rules of the Conversation or Intent. */
  readonly rules: readonly Rule[];
  /** When a person is asked whatever the object says. */
  readonly teamAsk: AskLevel;
  /** Rules of the namespace. */
  readonly teamRules: readonly Rule[];
  /** Names with `*` for any run of characters. */
  readonly pipelines: readonly string[];
  readonly buckets: readonly string[];
}
