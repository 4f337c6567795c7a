import { z } from 'zod';
import {
  approvalPolicy,
  author,
  citation,
  conditions,
  limits,
  objectName,
  pipelineRun,
  sizeLimits,
  usage,
} from './common.ts';
import { defaultServiceAccountName } from './names.ts';
import type { Resource } from './resource.ts';
import { atomicList, cel, mapList, observedGeneration, timestamp } from './schema.ts';
import { ownersPendingApprovals, turnPhase } from './turn.ts';

export const message = z.object({
  text: z.string().min(1).max(sizeLimits.textCharacters).describe('What you ask, in plain words.'),
});

export const configRef = z
  .object({ name: objectName('Name of a SwarmConfig in the same namespace.') })
  .describe('Settings to use; when absent, the SwarmConfig named default, else the operator’s own.');

export const agentName = z
  .enum(['supervisor', 'kfp', 'tekton', 'minio', 'docs'])
  .default('supervisor')
  .describe('Agent that answers: the supervisor delegates, the others can be talked to directly.');

export const conversationSpec = z.object({
  messages: z
    .array(message)
    .max(200)
    .default([])
    .meta({
      ...atomicList(),
      ...cel({
        rule: 'self.map(message, bytes(message.text).size()).sum() <= 40960',
        message: 'messages together hold at most 40,960 bytes; begin a new Conversation',
      }),
    })
    .describe('Your messages, oldest first. Entry i with a new text is a new turn; answered ones stay history.'),
  configRef: configRef.optional(),
  agent: agentName,
  serviceAccountName: objectName('ServiceAccount of this namespace whose rights the agents act with, at most.').default(
    defaultServiceAccountName,
  ),
  approvalPolicy,
  limits,
  suspend: z.boolean().default(false).describe('While true, no new turn starts and no effect is begun.'),
  historyLimit: z
    .int()
    .min(1)
    .max(50)
    .default(10)
    .describe('Finished Turns to keep; older ones are deleted, their runs are not.'),
  deletionPolicy: z
    .enum(['Cancel', 'Orphan'])
    .default('Cancel')
    .describe(
      'What happens to runs that are still going when the conversation is deleted: cancelled, or left to finish.',
    ),
  author: author.optional(),
});
export type ConversationSpec = z.output<typeof conversationSpec>;
export type ConversationSpecInput = z.input<typeof conversationSpec>;

export const conversationPhase = z
  .enum(['Pending', 'Thinking', 'Waiting', 'AwaitingApproval', 'Idle', 'Failed', 'Suspended'])
  .describe('Derived, for people and for field selectors; programs read conditions.');
export type ConversationPhase = z.output<typeof conversationPhase>;

export const turnSummary = z.object({
  name: z.string().max(253).describe('Name of the Turn.'),
  index: z.int().min(-1).max(100_000).describe('Entry of spec.messages; -1 for a chat turn.'),
  textDigest: z.string().max(80).optional().describe('sha256 of the message: which text of the entry was answered.'),
  phase: turnPhase,
  text: z.string().max(sizeLimits.previewCharacters).describe('The message, cut to 200 characters.'),
  reply: z.string().max(sizeLimits.previewCharacters).optional().describe('The answer, cut to 200 characters.'),
  startedAt: timestamp().optional().describe('When it was taken up.'),
  finishedAt: timestamp().optional().describe('When it ended.'),
});
export type TurnSummary = z.output<typeof turnSummary>;

export const reply = z
  .object({
    turn: z.string().max(253).describe('Turn that answered.'),
    text: z.string().max(sizeLimits.replyCharacters).describe('The newest answer.'),
    citations: z.array(citation).max(32).optional().meta(atomicList()).describe('Sources of the answer.'),
  })
  .describe('The newest answer.');

export const conversationStatus = z.object({
  observedGeneration,
  phase: conversationPhase.optional(),
  conditions,
  reply: reply.optional(),
  preview: z
    .string()
    .max(60)
    .regex(/^[^\r\n]*$/)
    .optional()
    .describe('The newest answer on one line, cut to 60 characters; for the table of kubectl get.'),
  pendingApprovals: ownersPendingApprovals,
  turns: z.array(turnSummary).max(10).optional().meta(mapList('name')).describe('The newest ten turns.'),
  turnCount: z.int().min(0).max(1e9).optional().describe('Turns finished so far, deleted ones included.'),
  answered: z
    .array(z.string().max(16))
    .max(200)
    .optional()
    .meta(atomicList())
    .describe(
      'For entry i of spec.messages, a short digest of the text that has been answered; empty if none: what was answered is never asked again.',
    ),
  pipelineRuns: z
    .array(pipelineRun)
    .max(32)
    .optional()
    .meta(mapList('backend', 'name'))
    .describe('Runs of this conversation, newest first, kept true until each has ended.'),
  usage: usage.optional(),
  tainted: z.boolean().optional().describe('True once text of strangers (logs, objects, documents) has come in.'),
  summary: z
    .string()
    .max(8_192)
    .optional()
    .describe('What older turns established, once they have left the history window.'),
});
export type ConversationStatus = z.output<typeof conversationStatus>;

export type Conversation = Resource<ConversationSpec, ConversationStatus>;
