import { type ConversationSpec } from '../../api/conversation.ts';

export type AgentName = ConversationSpec['agent'];

/** As in the schema of Conversation; said again because the schema library would double the start-up time. */
export const agentNames = ['supervisor', 'kfp', 'tekton', 'minio', 'docs'] as const satisfies readonly AgentName[];
