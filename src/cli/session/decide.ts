import { type Approval, type ApprovalSpec } from '../../api/approval.ts';
import { apiVersion, kinds } from '../../api/group.ts';
import { isAlreadyExists } from '../../kube/errors.ts';
import { type CliContext } from './cli-context.ts';
import { newName } from './new-name.ts';

export interface Decision {
  /** In the namespace of the context. */
  readonly turn: { readonly name: string; readonly uid: string };
  readonly callId: string;
  /** Of the arguments that the person saw: the decision fits no others. */
  readonly argumentsDigest: string;
  readonly decision: ApprovalSpec['decision'];
  readonly reason?: string | undefined;
}

const nameAttempts = 3;

/** The operator, not this program, enforces it: an Approval fits exactly one call with exactly these arguments. */
export async function decide(
  { kube, namespace, randomBytes }: Pick<CliContext, 'kube' | 'namespace' | 'randomBytes'>,
  { turn, callId, argumentsDigest, decision, reason }: Decision,
): Promise<Approval> {
  const prefix = `${turn.name}-${callId.replace('.', '-')}`;
  for (let attempt = 1; ; attempt += 1) {
    const approval = {
      apiVersion,
      kind: kinds.approval.kind,
      metadata: { name: attempt === 1 ? prefix : newName(prefix, randomBytes), namespace },
      spec: { turn: { name: turn.name, uid: turn.uid }, callId, argumentsDigest, decision, ...(reason && { reason }) },
    };
    try {
      return (await kube.create(kinds.approval, approval)) as unknown as Approval;
    } catch (error) {
      if (attempt === nameAttempts || !isAlreadyExists(error)) throw error;
    }
  }
}
