import { sizeLimits, type PipelineRun } from '../api/common.ts';
import type { Conversation, ConversationStatus } from '../api/conversation.ts';
import type { OwnersPendingApproval } from '../api/turn.ts';
import { cutAt } from '../base/cut-at.ts';

/** What a status may have even when the spec alone is too large. */
const leastStatusBytes = 8_192;

const cutRun = (run: PipelineRun): PipelineRun => ({
  ...run,
  results: undefined,
  message: run.message && cutAt(run.message, 64),
});

const cutQuestion = (question: OwnersPendingApproval): OwnersPendingApproval => ({
  ...question,
  arguments: cutAt(question.arguments, 64),
  summary: question.summary && cutAt(question.summary, 64),
});

/** From what is missed least to what is missed most; each is tried until the object fits. */
const sacrifices: readonly ((status: ConversationStatus) => ConversationStatus)[] = [
  (status) => ({ ...status, summary: status.summary && cutAt(status.summary, 2_048) }),
  (status) => ({ ...status, pipelineRuns: status.pipelineRuns?.map(cutRun) }),
  (status) => ({ ...status, reply: status.reply && { ...status.reply, text: shortened(status.reply.text, 4_096) } }),
  (status) => ({ ...status, turns: status.turns?.map((turn) => ({ ...turn, reply: undefined })) }),
  (status) => ({ ...status, summary: undefined, pipelineRuns: status.pipelineRuns?.slice(0, 8) }),
  (status) => ({
    ...status,
    reply: status.reply && { turn: status.reply.turn, text: shortened(status.reply.text, 1_024) },
  }),
  (status) => ({ ...status, pendingApprovals: status.pendingApprovals?.map(cutQuestion) }),
  (status) => ({ ...status, turns: status.turns?.map((turn) => ({ ...turn, text: cutAt(turn.text, 20) })) }),
];

/** The status, cut where it hurts least, so that the whole object stays within its budget. */
export function fitConversationStatus(conversation: Conversation, status: ConversationStatus): ConversationStatus {
  const rest = bytesOf({ ...conversation, status: undefined });
  const budgetBytes = Math.max(sizeLimits.conversationBytes - rest, leastStatusBytes);
  let fitting = status;
  for (const sacrifice of sacrifices) {
    if (bytesOf(fitting) <= budgetBytes) break;
    fitting = sacrifice(fitting);
  }
  return fitting;
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value), 'utf8');
}

function shortened(text: string, limit: number): string {
  return text.length <= limit ? text : `${cutAt(text, limit - 40)}… (cut; the Turn has the whole reply)`;
}
