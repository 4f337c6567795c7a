import { writeFileSync } from 'node:fs';
import { citationsText } from '../../display/citations.ts';
import { safeLine } from '../../display/safe-text.ts';
import { transcriptMarkdown, transcriptText } from '../../output/transcript.ts';
import { objectText } from '../../output/write-object.ts';
import { findConversation } from '../../session/conversations.ts';
import { turnsOf } from '../../session/find-turn.ts';
import { manifestOf } from '../../session/manifest-of.ts';
import { type ChatControl, type SlashCommand } from '../chat-control.ts';

/** What was said and found, to look at and to take along. */
export const evidenceCommands: readonly SlashCommand[] = [
  {
    name: 'sources',
    about: 'sources of the last answer',
    run: async (chat) => {
      const citations =
        (await turns(chat)).findLast(({ status }) => status?.reply !== undefined)?.status?.citations ?? [];
      chat.print(
        citations.length === 0
          ? 'The last answer names no sources.\n'
          : citationsText(citations, chat.context.layout()),
      );
    },
  },
  {
    name: 'show',
    usage: '[turn]',
    about: 'a turn with all arguments and results of its calls; the last one when none is named',
    run: async (chat, [name]) => {
      const all = await turns(chat);
      const turn = name === undefined ? all.at(-1) : all.find(({ metadata }) => metadata.name === name);
      chat.print(turn ? transcriptText([turn], chat.context.layout(), { details: true }) : 'There is no such turn.\n');
    },
  },
  {
    name: 'export',
    usage: '[file]',
    about: 'the conversation as Markdown, on the screen or in a file',
    run: async (chat, words) => {
      deliver(chat, transcriptMarkdown(chat.conversation.metadata.name, await turns(chat)), words);
    },
  },
  {
    name: 'yaml',
    usage: '[file]',
    about: 'the conversation as a manifest to commit',
    run: async (chat, words) => {
      const now = (await findConversation(chat.context, chat.conversation.metadata.name)) ?? chat.conversation;
      deliver(chat, await objectText('yaml', manifestOf(now, await turns(chat))), words);
    },
  },
  {
    name: 'copy',
    about: 'the last answer into the clipboard of your terminal',
    run: async (chat) => {
      const reply = (await turns(chat)).findLast(({ status }) => status?.reply !== undefined)?.status?.reply;
      chat.print(reply === undefined ? 'There is no answer yet.\n' : copied(chat, reply));
    },
  },
];

async function turns({ context, conversation }: ChatControl) {
  return turnsOf(context, { kind: 'conversation', object: conversation });
}

/** `/yaml conv.yaml` and `/yaml > conv.yaml` write a file; one that exists is left alone. */
function deliver(chat: ChatControl, text: string, words: readonly string[]): void {
  const file = words
    .filter((word) => word !== '>')
    .join(' ')
    .replace(/^>/, '');
  if (file === '') {
    chat.print(text);
    return;
  }
  try {
    writeFileSync(file, text, { flag: 'wx' });
    chat.print(`Wrote ${safeLine(file)}.\n`);
  } catch (error) {
    chat.print(`${safeLine(error instanceof Error ? error.message : String(error))}\n`);
  }
}

/** OSC 52: the only sequence of its kind that this program writes, and its content is base64. */
function copied({ context }: ChatControl, text: string): string {
  if (!context.layout().look.live) return 'This terminal takes nothing into its clipboard.\n';
  return `\u001b]52;c;${Buffer.from(text, 'utf8').toString('base64')}\u0007Copied, if your terminal lets programs do that.\n`;
}
