import { type PipelineRun } from '../../api/common.ts';
import { type Conversation } from '../../api/conversation.ts';
import { kinds } from '../../api/group.ts';
import { type Intent } from '../../api/intent.ts';
import { type CliContext } from './cli-context.ts';
import { listAll } from './find-turn.ts';

/** Enough to read a run with a person's own rights. */
export type RunReference = Pick<PipelineRun, 'backend' | 'name' | 'namespace'> & { readonly id?: string };

/** `tekton/NAME`, `kfp/NAME`, or the name or id of a run that a conversation or intent of this namespace started. */
export async function findRun(
  context: Pick<CliContext, 'kube' | 'namespace'>,
  reference: string,
): Promise<RunReference | undefined> {
  const [, prefix, rest] = /^(?:(tekton|kfp)\/)?(.+)$/.exec(reference) ?? [];
  const backend = prefix as RunReference['backend'] | undefined;
  const runs = await runsOf(context);
  const known = runs.find(
    (run) => (run.name === rest || run.id === rest) && (backend === undefined || run.backend === backend),
  );
  if (known || backend === undefined || rest === undefined) return known;
  return { backend, name: rest, namespace: context.namespace };
}

/** Runs of all conversations and intents of the namespace. */
export async function runsOf({
  kube,
  namespace,
}: Pick<CliContext, 'kube' | 'namespace'>): Promise<readonly PipelineRun[]> {
  const owners = await Promise.all([
    listAll<Conversation>(kube, kinds.conversation, { namespace }),
    listAll<Intent>(kube, kinds.intent, { namespace }),
  ]);
  return owners.flat().flatMap((owner) => owner.status?.pipelineRuns ?? []);
}
