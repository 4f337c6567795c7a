import { type Conversation } from '../../api/conversation.ts';
import { kinds } from '../../api/group.ts';
import { type Intent } from '../../api/intent.ts';
import { defaultServiceAccountName } from '../../api/names.ts';
import { type PendingApproval, type Turn } from '../../api/turn.ts';
import { type CliContext } from './cli-context.ts';
import { type Named, turnsOf } from './find-turn.ts';

/** A call that waits for a person, with all that the person needs to know. */
export interface PendingCall {
  readonly turn: Turn;
  readonly callId: string;
  readonly agent: string;
  readonly tool: string;
  /** Whole, as canonical JSON: what the digest was made from. */
  readonly arguments: string;
  readonly argumentsDigest: string;
  /** Why it asks: Writes, Destructive, … */
  readonly reason: string;
  /** What the call would come to, if the tool could say. */
  readonly summary: string | undefined;
  readonly expiresAt: string;
  /** Account that would act. */
  readonly serviceAccount: string;
}

/** Of the Turn, or of all Turns of its owner; `callId`: only this one. */
export async function pendingCalls(
  context: Pick<CliContext, 'kube' | 'namespace'>,
  named: Named,
  callId?: string,
): Promise<readonly PendingCall[]> {
  const turns = await turnsOf(context, named);
  const waiting = turns.filter((turn) => (turn.status?.pendingApprovals ?? []).length > 0);
  const calls = await Promise.all(
    waiting.map(async (turn) => {
      const serviceAccount = await serviceAccountOf(context, turn, named);
      return (turn.status?.pendingApprovals ?? []).map((pending) => pendingCallOf(turn, pending, serviceAccount));
    }),
  );
  return calls.flat().filter((call) => callId === undefined || call.callId === callId);
}

function pendingCallOf(turn: Turn, pending: PendingApproval, serviceAccount: string): PendingCall {
  const recorded = (turn.status?.steps ?? [])
    .flatMap(({ calls }) => calls ?? [])
    .find(({ id, argumentsDigest }) => id === pending.callId && argumentsDigest === pending.argumentsDigest);
  const { callId, agent, tool, argumentsDigest, reason, summary, expiresAt } = pending;
  // The question shows at most 4,096 characters of them, the journal all.
  const whole = recorded?.arguments ?? pending.arguments;
  return { turn, callId, agent, tool, arguments: whole, argumentsDigest, reason, summary, expiresAt, serviceAccount };
}

async function serviceAccountOf({ kube }: Pick<CliContext, 'kube'>, turn: Turn, named: Named): Promise<string> {
  if (named.kind !== 'turn') return named.object.spec.serviceAccountName;
  const type = turn.spec.owner.kind === 'Intent' ? kinds.intent : kinds.conversation;
  const owner = await kube.get(type, { namespace: turn.metadata.namespace, name: turn.spec.owner.name });
  return (owner as unknown as Conversation | Intent | undefined)?.spec.serviceAccountName ?? defaultServiceAccountName;
}
