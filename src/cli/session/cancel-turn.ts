import { kinds } from '../../api/group.ts';
import { type Turn } from '../../api/turn.ts';
import { type CliContext } from './cli-context.ts';

/** Asks the operator to stop the turn; it cannot be taken back. Runs that were started go on. */
export async function cancelTurn(
  { kube, namespace }: Pick<CliContext, 'kube' | 'namespace'>,
  name: string,
): Promise<Turn> {
  return (await kube.mergePatch(kinds.turn, { namespace, name }, { spec: { cancel: true } })) as unknown as Turn;
}
