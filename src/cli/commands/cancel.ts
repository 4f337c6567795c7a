import { type PipelineRun } from '../../api/common.ts';
import { kinds } from '../../api/group.ts';
import { type Turn } from '../../api/turn.ts';
import { safeLine } from '../display/safe-text.ts';
import { isObjectFormat, type ObjectFormat, writeObject } from '../output/write-object.ts';
import { cancelTurn } from '../session/cancel-turn.ts';
import { CliError } from '../session/cli-error.ts';
import { type CliContext } from '../session/cli-context.ts';
import { exitCodes } from '../session/exit-codes.ts';
import { findNamed, type Named, turnsOf } from '../session/find-turn.ts';
import { type CommandHandler } from '../session/invocation.ts';

export const runCancel: CommandHandler<{ readonly output: 'text' | ObjectFormat }> = async (
  { open },
  [name = ''],
  { output },
) => {
  const context = await open();
  const named = await findNamed(context, name);
  const cancelled = named.kind === 'intent' ? await cancelIntent(context, named) : await cancelCurrent(context, named);
  if (isObjectFormat(output)) await writeObject(context, output, cancelled);
  else context.shell.stdout.write(`${cancelled.kind.toLowerCase()}/${cancelled.metadata.name} is being cancelled\n`);
  const going = (cancelled.status?.pipelineRuns ?? []).filter(
    ({ state }) => state === 'Pending' || state === 'Running',
  );
  for (const run of going) context.shell.stderr.write(`${goesOn(run)}\n`);
  return exitCodes.answered;
};

interface Cancelled {
  readonly kind: string;
  readonly metadata: Turn['metadata'];
  readonly status?: { readonly pipelineRuns?: readonly PipelineRun[] | undefined } | undefined;
}

async function cancelIntent({ kube, namespace }: CliContext, { object }: Named): Promise<Cancelled> {
  const key = { namespace, name: object.metadata.name };
  return (await kube.mergePatch(kinds.intent, key, { spec: { cancel: true } })) as unknown as Cancelled;
}

async function cancelCurrent(context: CliContext, named: Named): Promise<Cancelled> {
  const current = (await turnsOf(context, named)).find((turn) => turn.status?.finishedAt === undefined);
  if (current) return cancelTurn(context, current.metadata.name);
  const { name } = named.object.metadata;
  throw new CliError(exitCodes.failed, `${named.kind} ${name} has nothing to cancel: it has ended`, {
    next: `kubectl swarm show ${name} -n ${context.namespace}`,
  });
}

function goesOn({ backend, name }: PipelineRun): string {
  return safeLine(`not undone: run ${backend}/${name} goes on; to stop it: kubectl swarm ask "cancel run ${name}"`);
}
