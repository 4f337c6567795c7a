import { type Conversation } from '../../../api/conversation.ts';
import { kinds } from '../../../api/group.ts';
import { annotations } from '../../../api/names.ts';
import { safeLine } from '../../display/safe-text.ts';
import { renderTable } from '../../display/table.ts';
import { ageText } from '../../output/age.ts';
import { createConversation, findConversation } from '../../session/conversations.ts';
import { listAll } from '../../session/find-turn.ts';
import { type SlashCommand } from '../chat-control.ts';
import { modelsOf, title } from '../conversation-facts.ts';

/** Around the conversation itself: which one, where, and what it has cost. */
export const conversationCommands: readonly SlashCommand[] = [
  {
    name: 'new',
    usage: '[name]',
    about: 'begin a new conversation',
    run: async (chat, [name]) => {
      const { agent } = chat.conversation.spec;
      const options = { prefix: 'chat', agent, ...(name !== undefined && { name }) };
      await chat.switchTo(await createConversation(chat.context, options));
    },
  },
  {
    name: 'resume',
    usage: '[name]',
    about: 'go on with another conversation; without a name: list them',
    completes: 'conversation',
    run: async (chat, [name]) => {
      if (name === undefined) {
        chat.print(await conversationTable(chat));
        return;
      }
      const found = await findConversation(chat.context, name);
      if (found) await chat.switchTo(found);
      else chat.print(`There is no conversation ${safeLine(name)} in namespace ${chat.context.namespace}.\n`);
    },
  },
  {
    name: 'rename',
    usage: 'title',
    about: 'give the conversation a title (its name in the cluster stays)',
    run: async (chat, words) => {
      const wanted = words.join(' ').trim();
      const { name, namespace } = chat.conversation.metadata;
      if (wanted === '') {
        chat.print(`It is called ${title(chat.conversation)}. /rename TITLE calls it otherwise.\n`);
        return;
      }
      const patch = { metadata: { annotations: { [annotations.title]: wanted.slice(0, 200) } } };
      await chat.context.kube.mergePatch(kinds.conversation, { namespace, name }, patch);
      chat.print(`${name} is called “${safeLine(wanted)}” now.\n`);
    },
  },
  {
    name: 'ns',
    usage: '[namespace]',
    about: 'talk in another namespace, in a new conversation',
    run: async (chat, [namespace]) => {
      if (namespace === undefined) {
        chat.print(`Namespace ${chat.context.namespace}.\n`);
        return;
      }
      const created = await createConversation({ ...chat.context, namespace }, { prefix: 'chat' });
      await chat.switchTo(created, namespace);
    },
  },
  {
    name: 'clear',
    about: 'clear the screen; the conversation stays',
    run: (chat) => {
      if (chat.context.layout().look.live) chat.print('\u001b[H\u001b[2J\u001b[3J');
      return Promise.resolve();
    },
  },
  {
    name: 'cost',
    about: 'tokens and calls so far',
    run: async (chat) => {
      const now = await findConversation(chat.context, chat.conversation.metadata.name);
      const { inputTokens = 0, outputTokens = 0, modelCalls = 0, toolCalls = 0 } = now?.status?.usage ?? {};
      chat.print(
        `${inputTokens} tokens sent, ${outputTokens} received, ${modelCalls} model calls, ${toolCalls} tool calls.\n`,
      );
    },
  },
  {
    name: 'context',
    about: 'what the agents know of this conversation, and with whose rights they act',
    run: async (chat) => {
      const now = (await findConversation(chat.context, chat.conversation.metadata.name)) ?? chat.conversation;
      chat.print(contextText(now));
    },
  },
  {
    name: 'model',
    about: 'the models that answer',
    run: async (chat) => {
      const { models, from, configName } = await modelsOf(chat.context, chat.conversation);
      const where = {
        config: `SwarmConfig ${configName}`,
        operator: 'the operator’s own settings',
        hidden: `SwarmConfig ${configName}, if there is one: you may not read it`,
      }[from];
      const named = models.length > 0 ? models.map(safeLine).join(', then ') : 'The operator’s own model';
      const told = from === 'hidden' ? 'Which model answers is not to be seen' : named;
      chat.print(`${told} (${where}; changed there, not in a chat).\n`);
    },
  },
];

type Chat = Parameters<SlashCommand['run']>[0];

async function conversationTable({ context }: Chat): Promise<string> {
  const all = await listAll<Conversation>(context.kube, kinds.conversation, { namespace: context.namespace });
  if (all.length === 0) return 'There is none.\n';
  const newest = all.sort((left, right) =>
    right.metadata.creationTimestamp.localeCompare(left.metadata.creationTimestamp),
  );
  const now = context.clock.now();
  const rows = newest
    .slice(0, 20)
    .map((each) => [
      each.metadata.name,
      title(each),
      each.status?.phase ?? '',
      ageText(each.metadata.creationTimestamp, now),
      each.status?.preview ?? '',
    ]);
  const columns = ['Name', 'Title', 'Phase', 'Age', 'Last answer'].map((heading) => ({ title: heading }));
  return renderTable({ columns, rows: rows.map((row) => row.map(safeLine)) }, context.layout());
}

function contextText({ spec, status }: Conversation): string {
  const facts = [
    `agent ${spec.agent}, acting as ServiceAccount ${spec.serviceAccountName}`,
    `asks before: ${spec.approvalPolicy.default}${(spec.approvalPolicy.rules ?? []).length > 0 ? ' and rules' : ''}`,
    `turns so far: ${status?.turnCount ?? 0}; the newest ${spec.historyLimit} are kept`,
    `one turn: at most ${spec.limits.maxSteps} steps, ${spec.limits.maxTokens} tokens, ${spec.limits.turnTimeout}`,
    ...(status?.tainted === true ? ['text of strangers has come in'] : []),
    ...(status?.summary === undefined ? [] : [`older turns, in short: ${status.summary}`]),
  ];
  return facts.map((fact) => `${safeLine(fact)}\n`).join('');
}
