import { type Conversation } from '../../api/conversation.ts';
import { kinds } from '../../api/group.ts';
import { type Intent } from '../../api/intent.ts';
import { labels } from '../../api/names.ts';
import { type ObjectMeta } from '../../api/resource.ts';
import { type Turn } from '../../api/turn.ts';
import { type KubeObject, type ResourceType } from '../../kube/kube-client.ts';
import { CliError } from './cli-error.ts';
import { type CliContext } from './cli-context.ts';
import { exitCodes } from './exit-codes.ts';

type Reach = Pick<CliContext, 'kube' | 'namespace'>;

/** An object of ours that a person named, as `NAME` or as `kind/NAME`. */
export type Named =
  | { readonly kind: 'turn'; readonly object: Turn }
  | { readonly kind: 'conversation'; readonly object: Conversation }
  | { readonly kind: 'intent'; readonly object: Intent };

const prefixes: Readonly<Record<string, Named['kind']>> = {
  turn: 'turn',
  turns: 'turn',
  conversation: 'conversation',
  conversations: 'conversation',
  conv: 'conversation',
  intent: 'intent',
  intents: 'intent',
};

/** Without a kind: the Conversation of that name, else the Turn, else the Intent. @throws CliError when there is none. */
export async function findNamed(context: Reach, reference: string): Promise<Named> {
  const { kind, name } = parsed(reference);
  const order = kind === undefined ? (['conversation', 'turn', 'intent'] as const) : [kind];
  for (const candidate of order) {
    const object = await context.kube.get(kinds[candidate], { namespace: context.namespace, name });
    if (object) return { kind: candidate, object: object as unknown } as Named;
  }
  const what = kind ?? 'conversation, turn or intent';
  throw new CliError(exitCodes.failed, `there is no ${what} ${name} in namespace ${context.namespace}`, {
    next: `kubectl swarm ls -n ${context.namespace}`,
  });
}

function parsed(reference: string): { readonly kind: Named['kind'] | undefined; readonly name: string } {
  const slash = reference.lastIndexOf('/');
  if (slash < 0) return { kind: undefined, name: reference };
  // `kubectl get -o name` prints turn.swarm.mlops.dev/NAME.
  const word = reference.slice(0, slash).toLowerCase().split('.', 1)[0] ?? '';
  const kind = prefixes[word];
  if (kind === undefined) {
    throw new CliError(exitCodes.usage, `${word} is no kind with turns: name a conversation, a turn or an intent`);
  }
  return { kind, name: reference.slice(slash + 1) };
}

/** Turns of a Conversation or Intent, oldest first. */
export async function turnsOf({ kube, namespace }: Reach, owner: Named): Promise<readonly Turn[]> {
  if (owner.kind === 'turn') return [owner.object];
  const { name, uid } = owner.object.metadata;
  const label = owner.kind === 'conversation' ? labels.conversation : labels.intent;
  const turns = await listAll<Turn>(kube, kinds.turn, { namespace, labelSelector: `${label}=${name}` });
  // A Turn whose outcome is reused belongs to an earlier Intent of this name.
  const reused = owner.kind === 'intent' ? owner.object.status?.turn : undefined;
  return turns
    .filter((turn) => turn.spec.owner.uid === uid || turn.metadata.name === reused)
    .sort(
      (left, right) =>
        compareAge(left.metadata, right.metadata) ||
        left.spec.index - right.spec.index ||
        firstDecision(left).localeCompare(firstDecision(right)),
    );
}

/** Creation is told to the second only, decisions to the millisecond. What is not decided yet comes last. */
function firstDecision({ status }: Turn): string {
  return status?.steps?.[0]?.decidedAt ?? '9999';
}

export function compareAge(left: ObjectMeta, right: ObjectMeta): number {
  return left.creationTimestamp < right.creationTimestamp
    ? -1
    : Number(left.creationTimestamp > right.creationTimestamp);
}

/** The Turn itself, or the newest one of its owner. @throws CliError when it has none yet. */
export async function newestTurn(context: Reach, named: Named): Promise<Turn> {
  const turn = (await turnsOf(context, named)).at(-1);
  if (turn) return turn;
  const { name } = named.object.metadata;
  throw new CliError(exitCodes.failed, `${named.kind} ${name} has no turn yet`, {
    next: `kubectl swarm ask -c ${name} "…"`,
  });
}

const pageSize = 500;

/** All pages. */
export async function listAll<T>(
  kube: CliContext['kube'],
  type: ResourceType,
  query: { readonly namespace?: string; readonly labelSelector?: string; readonly fieldSelector?: string },
): Promise<T[]> {
  const items: T[] = [];
  let continueToken: string | undefined;
  do {
    const page = await kube.list<KubeObject>(type, {
      ...query,
      limit: pageSize,
      ...(continueToken !== undefined && { continueToken }),
    });
    items.push(...(page.items as unknown as T[]));
    continueToken = page.continueToken;
  } while (continueToken !== undefined);
  return items;
}
