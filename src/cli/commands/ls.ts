import { type Condition } from '../../api/common.ts';
import { conditionOf, type ConditionType } from '../../api/conditions.ts';
import { type ConversationSpec, type ConversationStatus } from '../../api/conversation.ts';
import { kinds } from '../../api/group.ts';
import { type ObjectMeta } from '../../api/resource.ts';
import { type TurnSpec, type TurnStatus } from '../../api/turn.ts';
import { renderTable, type TableColumn } from '../display/table.ts';
import { type ListFormat } from '../options/common-options.ts';
import { ageText } from '../output/age.ts';
import { isObjectFormat, listOf, writeObject } from '../output/write-object.ts';
import { type CliContext } from '../session/cli-context.ts';
import { exitCodes } from '../session/exit-codes.ts';
import { compareAge, listAll } from '../session/find-turn.ts';
import { type CommandHandler } from '../session/invocation.ts';

export interface ListOptions {
  readonly output: ListFormat;
  readonly selector?: string;
  readonly fieldSelector?: string;
  readonly allNamespaces?: boolean;
}

/** What all three kinds have in their status, each its own part of it. */
interface Listed {
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly spec: Partial<ConversationSpec & TurnSpec>;
  readonly status?: Partial<Omit<ConversationStatus, 'phase' | 'turns'> & Pick<TurnStatus, 'steps'>> & {
    readonly phase?: string;
    readonly turn?: string;
  };
}

type Cell = TableColumn & { readonly of: (object: Listed) => string | number | undefined };

/** How objects of one kind are listed. */
interface Listing {
  readonly type: (typeof kinds)[keyof typeof kinds];
  readonly cells: readonly Cell[];
}

const phase: Cell = { title: 'Phase', of: ({ status }) => status?.phase ?? 'Pending' };
const newestRun: Cell = { title: 'Run', of: ({ status }) => status?.pipelineRuns?.[0]?.name };
const reasonOf = (type: ConditionType): Cell => ({
  title: 'Reason',
  wide: true,
  of: ({ status }) => conditionOf(status?.conditions, type)?.reason,
});

const conversations: Listing = {
  type: kinds.conversation,
  cells: [
    phase,
    { title: 'Turns', align: 'right', of: ({ status }) => status?.turnCount ?? 0 },
    { title: 'Last', of: ({ status }) => status?.preview },
    { title: 'Waiting for', wide: true, of: ({ status }) => waitingFor(status?.conditions) },
    { title: 'Agent', wide: true, of: ({ spec }) => spec.agent },
    { ...newestRun, wide: true },
  ],
};

const turns: Listing = {
  type: kinds.turn,
  cells: [
    { title: 'Owner', of: ({ spec }) => spec.owner?.name },
    phase,
    { title: 'Text', of: ({ spec }) => shortened(spec.text ?? '') },
    { title: 'Agent', wide: true, of: ({ status }) => status?.steps?.at(-1)?.agent },
    reasonOf('Succeeded'),
  ],
};

const intents: Listing = {
  type: kinds.intent,
  cells: [
    phase,
    newestRun,
    { title: 'State', of: ({ status }) => status?.pipelineRuns?.[0]?.state },
    { title: 'Turn', wide: true, of: ({ status }) => status?.turn },
    reasonOf('Ready'),
  ],
};

const listings = { conversations, turns, intents } as const;

export const runLs: CommandHandler<ListOptions> = async ({ open }, [kind = 'conversations'], options) => {
  const context = await open();
  const listing: Listing = listings[kind as keyof typeof listings];
  const objects = await listAll<Listed>(context.kube, listing.type, queryOf(context, options));
  objects.sort((left, right) => compareAge(right.metadata, left.metadata));
  if (isObjectFormat(options.output)) {
    await writeObject(context, options.output, listOf(objects));
    return exitCodes.answered;
  }
  writeTable(context, options, {
    nothing: `no ${kind} found`,
    columns: [{ title: 'Name' }, ...listing.cells, { title: 'Age' }],
    rows: objects.map((object) => ({
      namespace: object.metadata.namespace,
      cells: [
        object.metadata.name,
        ...listing.cells.map(({ of }) => String(of(object) ?? '')),
        ageText(object.metadata.creationTimestamp, context.clock.now()),
      ],
    })),
  });
  return exitCodes.answered;
};

export function queryOf({ namespace }: CliContext, { allNamespaces, selector, fieldSelector }: ListOptions) {
  return {
    ...(allNamespaces !== true && { namespace }),
    ...(selector !== undefined && { labelSelector: selector }),
    ...(fieldSelector !== undefined && { fieldSelector }),
  };
}

export interface Rows {
  /** Said on stderr instead of an empty table. */
  readonly nothing: string;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly { readonly namespace: string; readonly cells: readonly string[] }[];
}

/** With the namespaces in front when there are several. */
export function writeTable(context: CliContext, options: ListOptions, { nothing, columns, rows }: Rows): void {
  const everywhere = options.allNamespaces === true;
  if (rows.length === 0) {
    const where = everywhere ? '' : ` in namespace ${context.namespace}`;
    context.shell.stderr.write(`${nothing}${where}\n`);
    return;
  }
  const shown = everywhere ? [{ title: 'Namespace' }, ...columns] : columns;
  const table = {
    columns: shown.map((column) => ({ ...column, title: column.title.toUpperCase() })),
    rows: rows.map(({ namespace, cells }) => (everywhere ? [namespace, ...cells] : cells)),
  };
  context.shell.stdout.write(renderTable(table, context.layout(), { wide: options.output === 'wide' }));
}

function waitingFor(conditions: readonly Condition[] | undefined): string {
  const waiting = conditionOf(conditions, 'AwaitingApproval');
  return waiting?.status === 'True' ? shortened(waiting.message) : '';
}

const shownCharacters = 60;

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length <= shownCharacters ? line : `${line.slice(0, shownCharacters - 1)}…`;
}
