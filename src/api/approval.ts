import { z } from 'zod';
import { author, conditions, objectName } from './common.ts';
import type { Resource } from './resource.ts';
import { cel, observedGeneration, timestamp } from './schema.ts';

export const approvalSpec = z
  .object({
    turn: z
      .object({
        name: objectName('Name of the Turn, in the same namespace.'),
        uid: z.string().min(1).max(64).describe('UID of the Turn: an approval never fits a re-created one.'),
      })
      .describe('The Turn whose call is decided.'),
    callId: z.string().min(1).max(16).describe('Call of the Turn, as printed in status.pendingApprovals.'),
    argumentsDigest: z
      .string()
      .min(1)
      .max(80)
      .describe('Digest of the exact arguments, as printed in status.pendingApprovals.'),
    decision: z
      .enum(['Approve', 'Deny'])
      .describe('Approve lets the call go on; Deny ends it, and the model is told so.'),
    reason: z.string().max(1024).optional().describe('Why, for the record and, when denied, for the model.'),
    author: author.optional(),
  })
  .meta(cel({ rule: 'self == oldSelf', message: 'an Approval never changes; delete it, or create another one' }));
export type ApprovalSpec = z.output<typeof approvalSpec>;

export const approvalStatus = z.object({
  observedGeneration,
  usedAt: timestamp().optional().describe('When the decision was taken up; an approval is used once.'),
  conditions,
});
export type ApprovalStatus = z.output<typeof approvalStatus>;

export type Approval = Resource<ApprovalSpec, ApprovalStatus>;
