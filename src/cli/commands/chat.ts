import { runChat } from '../chat/run-chat.ts';
import { type AgentName } from '../session/agent-names.ts';
import { type CommandHandler } from '../session/invocation.ts';
import { type StreamMode } from '../session/stream-modes.ts';

interface ChatOptions {
  readonly agent?: AgentName;
  readonly stream?: StreamMode;
}

export const runChatCommand: CommandHandler<ChatOptions> = async ({ open }, [name, ...prompt], options) =>
  runChat(await open(), {
    ...options,
    ...(name !== undefined && { name }),
    ...(prompt.length > 0 && { prompt: prompt.join(' ') }),
  });
