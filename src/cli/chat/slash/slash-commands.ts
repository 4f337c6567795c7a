import { kinds } from '../../../api/group.ts';
import { marks } from '../../display/style.ts';
import { type CliContext } from '../../session/cli-context.ts';
import { listAll } from '../../session/find-turn.ts';
import { type ChatControl, type SlashCommand } from '../chat-control.ts';
import { conversationCommands } from './conversation-commands.ts';
import { evidenceCommands } from './evidence-commands.ts';
import { runCommands, runsOf } from './run-commands.ts';

const decisionCommands: readonly SlashCommand[] = [
  {
    name: 'approve',
    usage: '[forget]',
    about: 'decide about calls that wait; forget: ask again about tools that were always allowed',
    run: async (chat, [word]) => {
      if (word === 'forget') {
        chat.memory.forgetAlways();
        chat.print('From now on every tool is asked about again.\n');
        return;
      }
      const always = chat.memory.alwaysAllowed.map(({ agent, tool }) => `${agent}.${tool}`);
      if ((await chat.decidePending()) === 0) chat.print('Nothing waits for approval.\n');
      if (always.length > 0)
        chat.print(`Always allowed here: ${always.join(', ')}. /approve forget takes that back.\n`);
    },
  },
  {
    name: 'deny',
    about: 'the same: each call that waits is shown, and no is the default',
    run: async (chat) => {
      if ((await chat.decidePending()) === 0) chat.print('Nothing waits for approval.\n');
    },
  },
];

const chatCommands: readonly SlashCommand[] = [
  {
    name: 'help',
    about: 'this list',
    run: (chat) => {
      chat.print(helpText(chat));
      return Promise.resolve();
    },
  },
  {
    name: 'quit',
    about: 'leave; what goes on in the cluster goes on',
    run: (chat) => {
      chat.leave();
      return Promise.resolve();
    },
  },
];

export const slashCommands: readonly SlashCommand[] = [
  ...chatCommands.slice(0, 1),
  ...runCommands,
  ...evidenceCommands,
  ...decisionCommands,
  ...conversationCommands,
  ...chatCommands.slice(1),
];

/** A path is no command: `/var/log is full, why?` is a question. */
export function parseSlash(text: string): { readonly name: string; readonly words: readonly string[] } | undefined {
  const [, name, rest = ''] = /^\/([a-z]+|\?)(?:\s+(.*))?$/is.exec(text.trim()) ?? [];
  if (name === undefined) return undefined;
  return { name: name === '?' ? 'help' : name.toLowerCase(), words: rest.split(/\s+/).filter((word) => word !== '') };
}

/** @returns false when there is no such command; the names that come near are in `nearest`. */
export function findSlash(name: string): SlashCommand | undefined {
  const exact = slashCommands.find((command) => command.name === name);
  const begun = slashCommands.filter((command) => command.name.startsWith(name));
  return exact ?? (begun.length === 1 ? begun[0] : undefined);
}

function helpText({ context }: ChatControl): string {
  const { look, columns } = context.layout();
  const entries = slashCommands.map(
    ({ name, usage, about }) => [`/${name}${usage === undefined ? '' : ` ${usage}`}`, about] as const,
  );
  const width = Math.max(...entries.map(([head]) => head.length));
  const isNarrow = columns < width + 40;
  const lines = entries.map(([head, about]) =>
    isNarrow ? `${head}\n    ${about}` : `${head.padEnd(width)}  ${about}`,
  );
  const keys = [
    'Ctrl-C cancels the turn that runs; again: does not wait for it. Ctrl-D leaves.',
    `A message of several lines: end a line with \\, or put it between \`\`\`. ${marks(look).separator} Tab completes.`,
  ];
  return `${[...lines, ...keys].join('\n')}\n`;
}

/** What Tab offers for the line: commands, and names behind those that take one. */
export async function completions(
  line: string,
  chat: Pick<ChatControl, 'context' | 'conversation' | 'runs'>,
): Promise<readonly string[]> {
  if (!line.startsWith('/')) return [];
  const [, head = '', last = ''] = /^(\/\S*\s+(?:\S+\s+)*)?(\S*)$/.exec(line) ?? [];
  if (head === '')
    return slashCommands.map(({ name }) => `/${name} `).filter((candidate) => candidate.startsWith(last));
  const kind = findSlash(head.slice(1).split(/\s/, 1)[0] ?? '')?.completes;
  const names = kind === undefined ? [] : await namesFor(kind, chat);
  return [...new Set(names)].filter((name) => name.startsWith(last)).map((name) => `${head}${name}`);
}

async function namesFor(
  kind: NonNullable<SlashCommand['completes']>,
  chat: Pick<ChatControl, 'context' | 'conversation' | 'runs'>,
): Promise<readonly string[]> {
  if (kind === 'conversation') return conversationNames(chat.context);
  if (kind === 'run') return (await runsOf(chat)).map(({ name }) => name);
  return [...chat.runs.values()].flatMap(({ metrics = [] }) => metrics.map(({ name }) => name));
}

async function conversationNames({ kube, namespace }: CliContext): Promise<readonly string[]> {
  const all = await listAll<{ metadata: { name: string } }>(kube, kinds.conversation, { namespace });
  return all.map(({ metadata }) => metadata.name);
}
