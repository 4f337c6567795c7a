import type { z } from 'zod';
import { type Approval, approvalSpec, type ApprovalStatus } from '../api/approval.ts';
import { type Conversation, conversationSpec, type ConversationStatus } from '../api/conversation.ts';
import { apiVersion, kinds } from '../api/group.ts';
import { type Intent, intentSpec, type IntentStatus } from '../api/intent.ts';
import { type KnowledgeBase, knowledgeBaseSpec, type KnowledgeBaseStatus } from '../api/knowledge-base.ts';
import type { ObjectMeta, Resource } from '../api/resource.ts';
import { type SwarmConfig, swarmConfigSpec, type SwarmConfigStatus } from '../api/swarm-config.ts';
import { type PendingApproval, type Turn, turnSpec, type TurnStatus } from '../api/turn.ts';

/** What a test says about the object; all else is as the API server would fill it in. */
export interface Overrides<SpecInput, Status> {
  readonly metadata?: Partial<ObjectMeta>;
  readonly spec?: Partial<SpecInput>;
  readonly status?: Status;
}

/** Makes the same fictive uid for the same kind and name, so that owner references can be written down. */
export const uidOf = (kind: string, name: string) => `uid-${kind.toLowerCase()}-${name}`;

interface Blueprint<Schema extends z.ZodObject> {
  readonly kind: string;
  readonly name: string;
  readonly spec: Schema;
  readonly defaults: z.input<Schema>;
}

const builder =
  <Schema extends z.ZodObject, Status>({ kind, name, spec, defaults }: Blueprint<Schema>) =>
  (overrides: Overrides<z.input<Schema>, Status> = {}): Resource<z.output<Schema>, Status> => {
    const metadata = {
      name,
      namespace: 'team-a',
      uid: uidOf(kind, overrides.metadata?.name ?? name),
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: '2026-11-25T08:00:00Z',
      ...overrides.metadata,
    };
    const object = { apiVersion, kind, metadata, spec: spec.parse({ ...defaults, ...overrides.spec }) };
    return overrides.status === undefined ? object : { ...object, status: overrides.status };
  };

export const aConversation: (
  overrides?: Overrides<z.input<typeof conversationSpec>, ConversationStatus>,
) => Conversation = builder({
  kind: kinds.conversation.kind,
  name: 'churn',
  spec: conversationSpec,
  defaults: { messages: [{ text: 'Which pipelines can I run?' }] },
});

export const aTurn: (overrides?: Overrides<z.input<typeof turnSpec>, TurnStatus>) => Turn = builder({
  kind: kinds.turn.kind,
  name: 'churn-0-aaaaa',
  spec: turnSpec,
  defaults: {
    owner: { kind: 'Conversation', name: 'churn', uid: uidOf('Conversation', 'churn') },
    text: 'Which pipelines can I run?',
  },
});

export const aPendingApproval = (overrides: Partial<PendingApproval> = {}): PendingApproval => ({
  callId: '0.0',
  agent: 'tekton',
  tool: 'run_pipeline',
  arguments: '{"pipeline":"churn-train"}',
  argumentsDigest: 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
  reason: 'Writes',
  expiresAt: '2026-11-26T08:00:00Z',
  manifest: 'kind: Approval',
  ...overrides,
});

export const anIntent: (overrides?: Overrides<z.input<typeof intentSpec>, IntentStatus>) => Intent = builder({
  kind: kinds.intent.kind,
  name: 'train-churn',
  spec: intentSpec,
  defaults: { request: 'Run the pipeline churn-train with 20 epochs.' },
});

export const anApproval: (overrides?: Overrides<z.input<typeof approvalSpec>, ApprovalStatus>) => Approval = builder({
  kind: kinds.approval.kind,
  name: 'churn-0-aaaaa-0.0',
  spec: approvalSpec,
  defaults: {
    turn: { name: 'churn-0-aaaaa', uid: uidOf('Turn', 'churn-0-aaaaa') },
    callId: '0.0',
    argumentsDigest: 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
    decision: 'Approve',
  },
});

export const aSwarmConfig: (overrides?: Overrides<z.input<typeof swarmConfigSpec>, SwarmConfigStatus>) => SwarmConfig =
  builder({ kind: kinds.swarmConfig.kind, name: 'default', spec: swarmConfigSpec, defaults: {} });

export const aKnowledgeBase: (
  overrides?: Overrides<z.input<typeof knowledgeBaseSpec>, KnowledgeBaseStatus>,
) => KnowledgeBase = builder({
  kind: kinds.knowledgeBase.kind,
  name: 'handbook',
  spec: knowledgeBaseSpec,
  defaults: { sources: [{ name: 'pages', configMap: { name: 'handbook' } }] },
});
