import { type Conversation } from '../../api/conversation.ts';
import { apiVersion, kinds } from '../../api/group.ts';
import { nameLimits } from '../../api/names.ts';
import { isAlreadyExists } from '../../kube/errors.ts';
import { type KubeObject } from '../../kube/kube-client.ts';
import { type AgentName } from './agent-names.ts';
import { CliError } from './cli-error.ts';
import { type CliContext } from './cli-context.ts';
import { exitCodes } from './exit-codes.ts';
import { newName } from './new-name.ts';

type Kube = Pick<CliContext, 'kube' | 'namespace' | 'randomBytes'>;

export interface ConversationWish {
  /** Of one that exists. Absent: a new one is made. */
  readonly name?: string | undefined;
  /** Of a new one; an existing one keeps its own. */
  readonly agent?: AgentName | undefined;
  /** What the name of a new one begins with. */
  readonly prefix: 'ask' | 'chat';
}

/** @throws CliError when one of that name does not exist. */
export async function openConversation(
  context: Kube,
  { name, agent, prefix }: ConversationWish,
): Promise<Conversation> {
  if (name === undefined) return createConversation(context, { prefix, agent });
  const conversation = await findConversation(context, name);
  if (conversation) return conversation;
  throw new CliError(exitCodes.failed, `there is no conversation ${name} in namespace ${context.namespace}`, {
    next: `kubectl swarm ls -n ${context.namespace}`,
  });
}

export async function findConversation(
  { kube, namespace }: Pick<CliContext, 'kube' | 'namespace'>,
  name: string,
): Promise<Conversation | undefined> {
  return kube.get<Conversation>(kinds.conversation, { namespace, name });
}

const nameAttempts = 3;

/** A Conversation without messages: what is said in it are Turns. `name`: exactly this one. */
export async function createConversation(
  context: Kube,
  { prefix, agent, name }: { readonly prefix: string; readonly agent?: AgentName | undefined; readonly name?: string },
): Promise<Conversation> {
  for (let attempt = 1; ; attempt += 1) {
    const object: KubeObject & { readonly spec: object } = {
      apiVersion,
      kind: kinds.conversation.kind,
      metadata: {
        name: name ?? newName(prefix, context.randomBytes, nameLimits.owner),
        namespace: context.namespace,
      },
      spec: { ...(agent !== undefined && { agent }) },
    };
    try {
      return (await context.kube.create(kinds.conversation, object)) as unknown as Conversation;
    } catch (error) {
      if (name !== undefined || attempt === nameAttempts || !isAlreadyExists(error)) throw error;
    }
  }
}
