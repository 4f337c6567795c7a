import type { z } from 'zod';
import { approvalSpec, approvalStatus } from './approval.ts';
import { conversationSpec, conversationStatus } from './conversation.ts';
import { kinds } from './group.ts';
import { intentSpec, intentStatus } from './intent.ts';
import { knowledgeBaseSpec, knowledgeBaseStatus } from './knowledge-base.ts';
import { nameLimits } from './names.ts';
import { type CelRule } from './schema.ts';
import { swarmConfigSpec, swarmConfigStatus } from './swarm-config.ts';
import { turnSpec, turnStatus } from './turn.ts';

/** All that a CustomResourceDefinition says of one kind; `crds/` and `docs/reference/` are made from it. */
export interface CustomResource {
  readonly type: (typeof kinds)[keyof typeof kinds];
  readonly description: string;
  readonly shortNames: readonly string[];
  readonly columns: readonly Column[];
  /** JSON paths of string fields that `kubectl get --field-selector` takes. */
  readonly selectableFields: readonly string[];
  readonly spec: z.ZodObject;
  readonly status: z.ZodObject;
  /** CEL rules about the object as a whole. */
  readonly rules: readonly CelRule[];
}

/** One column of `kubectl get`; its cell never holds a line break. `wide`: shown with `-o wide` only. */
export interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'boolean' | 'date';
  readonly jsonPath: string;
  readonly description: string;
  readonly wide?: boolean;
}

const text = (name: string, jsonPath: string, description: string): Column => ({
  name,
  type: 'string',
  jsonPath,
  description,
});
const wide = (column: Column): Column => ({ ...column, wide: true });
const ofCondition = (type: string, field: 'status' | 'reason') => `.status.conditions[?(@.type=="${type}")].${field}`;

const phase = text('Phase', '.status.phase', 'Where it is.');
const ready = text('Ready', ofCondition('Ready', 'status'), 'Whether it is as its spec asks.');
const reason = wide(text('Reason', ofCondition('Ready', 'reason'), 'Why it is ready or not.'));
const age: Column = {
  name: 'Age',
  type: 'date',
  jsonPath: '.metadata.creationTimestamp',
  description: 'Time since it was created.',
};
const newestRun = text('Run', '.status.pipelineRuns[0].name', 'Newest run it started.');
const newestRunState = text('Run-State', '.status.pipelineRuns[0].state', 'State of that run.');

const nameOfAtMost = (length: number): CelRule => ({
  rule: `self.metadata.name.size() <= ${length}`,
  message: `metadata.name has at most ${length} characters: names derived from it must fit a label`,
});

export const customResources: readonly CustomResource[] = [
  {
    type: kinds.conversation,
    description: 'A conversation with the agents of this cluster: you add messages, status holds the answers.',
    shortNames: ['conv'],
    columns: [
      phase,
      ready,
      { name: 'Turns', type: 'integer', jsonPath: '.status.turnCount', description: 'Turns finished so far.' },
      text('Last', '.status.preview', 'The newest answer, on one line.'),
      wide(text('Agent', '.spec.agent', 'Agent that answers.')),
      wide(text('Waiting-For', ofCondition('AwaitingApproval', 'reason'), 'Set while a call waits for a person.')),
      wide(newestRun),
      wide(newestRunState),
      reason,
      age,
    ],
    selectableFields: ['.status.phase'],
    spec: conversationSpec,
    status: conversationStatus,
    rules: [nameOfAtMost(nameLimits.owner)],
  },
  {
    type: kinds.turn,
    description:
      'One message and everything that came of it: spec is what was asked, status is the journal of every decision.',
    shortNames: [],
    columns: [
      text('Owner', '.spec.owner.name', 'Conversation or Intent it belongs to.'),
      phase,
      text('Agent', '.status.steps[-1:].agent', 'Agent that decided last.'),
      newestRun,
      wide(text('Kind', '.spec.owner.kind', 'Kind of the owner.')),
      wide(text('Succeeded', ofCondition('Succeeded', 'status'), 'Whether it ended with an answer.')),
      wide(text('Reason', ofCondition('Succeeded', 'reason'), 'Why it ended so.')),
      wide(newestRunState),
      age,
    ],
    selectableFields: ['.status.phase', '.spec.owner.name'],
    spec: turnSpec,
    status: turnStatus,
    rules: [
      nameOfAtMost(nameLimits.other),
      { rule: '!has(oldSelf.status) || has(self.status)', message: 'the journal of a Turn is never taken away' },
    ],
  },
  {
    type: kinds.intent,
    description:
      'One request that is carried through to its end: plan, approve, act, wait for the runs, judge, report.',
    shortNames: [],
    columns: [
      phase,
      ready,
      newestRun,
      newestRunState,
      wide(text('Turn', '.status.turn', 'Turn that carries it.')),
      reason,
      age,
    ],
    selectableFields: ['.status.phase'],
    spec: intentSpec,
    status: intentStatus,
    rules: [nameOfAtMost(nameLimits.owner)],
  },
  {
    type: kinds.approval,
    description: 'The decision of a person about one call of a Turn; used once, bound to the exact arguments.',
    shortNames: [],
    columns: [
      text('Turn', '.spec.turn.name', 'Turn whose call is decided.'),
      text('Call', '.spec.callId', 'Call that is decided.'),
      text('Decision', '.spec.decision', 'Approve or Deny.'),
      text('Used', ofCondition('Used', 'status'), 'Whether it was taken up.'),
      wide(text('Reason', ofCondition('Used', 'reason'), 'Why it was used or not.')),
      age,
    ],
    selectableFields: ['.spec.turn.name', '.spec.decision'],
    spec: approvalSpec,
    status: approvalStatus,
    rules: [],
  },
  {
    type: kinds.swarmConfig,
    description: 'Settings of a namespace: model, agents, backends and policy. Usually named default.',
    shortNames: [],
    columns: [
      phase,
      ready,
      text('Model', '.spec.model.name', 'Model that answers.'),
      wide(text('Model-Ready', ofCondition('ModelReady', 'status'), 'Whether the model endpoint answers.')),
      wide(text('Tekton-Ready', ofCondition('TektonReady', 'status'), 'Whether Tekton can be used.')),
      wide(text('Kfp-Ready', ofCondition('KfpReady', 'status'), 'Whether Kubeflow Pipelines can be used.')),
      reason,
      age,
    ],
    selectableFields: ['.status.phase'],
    spec: swarmConfigSpec,
    status: swarmConfigStatus,
    rules: [nameOfAtMost(nameLimits.other)],
  },
  {
    type: kinds.knowledgeBase,
    description: 'Documents that the docs agent answers from.',
    shortNames: ['kb'],
    columns: [
      phase,
      ready,
      { name: 'Documents', type: 'integer', jsonPath: '.status.documents', description: 'Documents in the index.' },
      { name: 'Chunks', type: 'integer', jsonPath: '.status.chunks', description: 'Passages in the index.' },
      { name: 'Synced', type: 'date', jsonPath: '.status.lastSyncTime', description: 'Time since the last sync.' },
      reason,
      age,
    ],
    selectableFields: ['.status.phase'],
    spec: knowledgeBaseSpec,
    status: knowledgeBaseStatus,
    rules: [nameOfAtMost(nameLimits.other)],
  },
];
