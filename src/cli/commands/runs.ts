import { type PipelineRun } from '../../api/common.ts';
import { type Conversation } from '../../api/conversation.ts';
import { kinds } from '../../api/group.ts';
import { type Intent } from '../../api/intent.ts';
import { ageText } from '../output/age.ts';
import { isObjectFormat, writeObject } from '../output/write-object.ts';
import { type CliContext } from '../session/cli-context.ts';
import { exitCodes } from '../session/exit-codes.ts';
import { findNamed, listAll } from '../session/find-turn.ts';
import { type CommandHandler } from '../session/invocation.ts';
import { type ListOptions, queryOf, writeTable } from './ls.ts';

interface OwnedRun {
  readonly run: PipelineRun;
  readonly owner: Conversation | Intent;
}

export const runRuns: CommandHandler<ListOptions> = async ({ open }, [name], options) => {
  const context = await open();
  const runs = (await ownersOf(context, name, options))
    .flatMap((owner) => (owner.status?.pipelineRuns ?? []).map((run) => ({ run, owner })))
    .sort((left, right) => startOf(right).localeCompare(startOf(left)));
  if (isObjectFormat(options.output)) {
    await writeRuns(context, options.output, runs);
    return exitCodes.answered;
  }
  const now = context.clock.now();
  writeTable(context, options, {
    nothing: 'no runs found',
    columns: [
      ...['Name', 'Pipeline', 'State', 'Started', 'Took', 'Owner'].map((title) => ({ title })),
      { title: 'Message', wide: true as const },
      { title: 'Url', wide: true as const },
    ],
    rows: runs.map((owned) => ({ namespace: owned.owner.metadata.namespace, cells: cellsOf(owned, now) })),
  });
  return exitCodes.answered;
};

async function ownersOf(
  context: CliContext,
  name: string | undefined,
  options: ListOptions,
): Promise<(Conversation | Intent)[]> {
  if (name !== undefined) {
    const named = await findNamed(context, name);
    if (named.kind !== 'turn') return [named.object];
    const { kind, name: owner } = named.object.spec.owner;
    return ownersOf(context, `${kind.toLowerCase()}/${owner}`, options);
  }
  const query = queryOf(context, options);
  const lists = await Promise.all([
    listAll<Conversation>(context.kube, kinds.conversation, query),
    listAll<Intent>(context.kube, kinds.intent, query),
  ]);
  return lists.flat();
}

function cellsOf({ run, owner }: OwnedRun, now: Date): readonly string[] {
  const started = ageText(run.startedAt, now);
  return [
    `${run.backend}/${run.name}`,
    run.pipeline,
    run.state,
    started === '' ? '' : `${started} ago`,
    run.startedAt === undefined
      ? ''
      : ageText(run.startedAt, run.finishedAt === undefined ? now : new Date(run.finishedAt)),
    `${owner.kind.toLowerCase()}/${owner.metadata.name}`,
    run.message ?? '',
    run.url ?? '',
  ];
}

/** Runs are no objects of ours: the names are what `watch` takes. */
async function writeRuns(
  context: CliContext,
  format: 'json' | 'yaml' | 'name',
  runs: readonly OwnedRun[],
): Promise<void> {
  if (format === 'name') {
    context.shell.stdout.write(runs.map(({ run }) => `${run.backend}/${run.name}\n`).join(''));
    return;
  }
  const items = runs.map(({ run, owner }) => ({
    ...run,
    owner: { kind: owner.kind, name: owner.metadata.name, namespace: owner.metadata.namespace },
  }));
  await writeObject(context, format, { items });
}

function startOf({ run }: OwnedRun): string {
  return run.startedAt ?? '';
}
