import { type PipelineRun } from '../../api/common.ts';
import { kinds } from '../../api/group.ts';
import { type Conversation } from '../../api/conversation.ts';
import { type Intent } from '../../api/intent.ts';
import { type Turn } from '../../api/turn.ts';
import { safeLine } from '../display/safe-text.ts';
import { carryTurn } from '../session/carry-turn.ts';
import { CliError } from '../session/cli-error.ts';
import { type CliContext } from '../session/cli-context.ts';
import { type ExitCode, exitCodes } from '../session/exit-codes.ts';
import { findRun } from '../session/find-run.ts';
import { findNamed, type Named, turnsOf } from '../session/find-turn.ts';
import { type CommandHandler } from '../session/invocation.ts';
import { type StreamMode } from '../session/stream-modes.ts';
import { watchRun } from './watch-run.ts';

export interface WatchOptions {
  readonly output: 'text' | 'jsonl';
  readonly timeout?: number;
  readonly stream?: StreamMode;
}

export const runWatch: CommandHandler<WatchOptions> = async ({ open }, [name = ''], options) => {
  const context = await open();
  const isRun = /^(tekton|kfp)\//.test(name);
  const named = isRun
    ? undefined
    : await findNamed(context, name).catch((error: unknown) => orRun(context, name, error));
  if (named === undefined) {
    const run = await findRun(context, name);
    if (run) return watchRun(context, run, options);
    throw new CliError(exitCodes.failed, `there is no run ${name} in namespace ${context.namespace}`, {
      next: `kubectl swarm runs -n ${context.namespace}`,
    });
  }
  if (named.kind === 'turn') return follow(context, named.object, options);
  if (named.kind === 'intent') return watchIntent(context, named.object, options);
  return watchConversation(context, named, options);
};

/** What is no object of ours may be a run. */
async function orRun(context: CliContext, name: string, error: unknown): Promise<undefined> {
  if (error instanceof CliError && error.exitCode === exitCodes.failed && (await findRun(context, name)))
    return undefined;
  throw error;
}

/** Whoever watches waits for others to decide. */
function follow(context: CliContext, turn: Pick<Turn, 'metadata'>, options: WatchOptions): Promise<ExitCode> {
  const decide = (call: { readonly callId: string; readonly tool: string; readonly agent?: string | undefined }) => {
    const { name, namespace } = turn.metadata;
    const tool = safeLine(`${call.agent === undefined ? '' : `${call.agent}.`}${call.tool}`);
    context.shell.stderr.write(
      `${tool} waits for approval: kubectl swarm approve ${name} --call ${call.callId} -n ${namespace}\n`,
    );
    return Promise.resolve(true);
  };
  return carryTurn(context, { turn }, { ...options, cancelOnInterrupt: false, decide });
}

/** One turn after the other, until the conversation has nothing left to do. */
async function watchConversation(
  context: CliContext,
  named: Named & { kind: 'conversation' },
  options: WatchOptions,
): Promise<ExitCode> {
  const shown = new Set<string>();
  let exitCode: ExitCode = exitCodes.answered;
  const key = { namespace: context.namespace, name: named.object.metadata.name };
  for await (const conversation of context.kube.watchObject<Conversation>(kinds.conversation, key, context.signal)) {
    if (conversation === 'gone') break;
    const turns = await turnsOf(context, { kind: 'conversation', object: conversation });
    const going = turns.filter((turn) => turn.status?.finishedAt === undefined && !shown.has(turn.metadata.name));
    const newest = shown.size === 0 && going.length === 0 ? turns.slice(-1) : going;
    for (const turn of newest) {
      shown.add(turn.metadata.name);
      exitCode = await follow(context, turn, options);
    }
    if (isIdle(conversation) && going.length === 0) break;
  }
  return exitCode;
}

function isIdle({ metadata, status }: Conversation): boolean {
  const isCurrent = (status?.observedGeneration ?? 0) >= metadata.generation;
  return isCurrent && ['Idle', 'Failed', 'Suspended'].includes(status?.phase ?? '');
}

/** Its turn, then its runs, then what it came to. */
async function watchIntent(context: CliContext, { metadata }: Intent, options: WatchOptions): Promise<ExitCode> {
  const key = { namespace: metadata.namespace, name: metadata.name };
  let followed: string | undefined;
  for await (const intent of context.kube.watchObject<Intent>(kinds.intent, key, context.signal)) {
    if (intent === 'gone') break;
    const status = currentStatus(intent);
    if (!status) continue;
    if (status.turn !== undefined && status.turn !== followed) {
      followed = status.turn;
      await follow(context, { metadata: { ...intent.metadata, name: followed } }, options);
    }
    if (status.finishedAt !== undefined) return verdict(context, intent);
    const going = options.output === 'text' ? status.pipelineRuns?.find(isGoing) : undefined;
    if (going) await watchRun(context, going, options);
  }
  throw new CliError(exitCodes.failed, `intent ${metadata.name} was deleted`);
}

function isGoing({ state }: PipelineRun): boolean {
  return state === 'Pending' || state === 'Running';
}

/** Undefined while it speaks of an earlier generation. */
function currentStatus({ metadata, status }: Intent): Intent['status'] {
  return (status?.observedGeneration ?? 0) >= metadata.generation ? status : undefined;
}

const codesOfPhases: Readonly<Record<string, ExitCode>> = {
  Succeeded: exitCodes.answered,
  Denied: exitCodes.approval,
  Expired: exitCodes.timeout,
};

function verdict({ shell }: CliContext, { metadata, status }: Intent): ExitCode {
  const phase = status?.phase ?? 'Failed';
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  shell.stderr.write(`${safeLine(`intent ${metadata.name} ${phase}: ${ready?.message ?? ''}`)}\n`);
  return codesOfPhases[phase] ?? exitCodes.failed;
}
