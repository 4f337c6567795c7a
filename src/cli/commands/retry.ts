import { kinds } from '../../api/group.ts';
import { type Intent } from '../../api/intent.ts';
import { type AnswerFormat } from '../options/common-options.ts';
import { nameOf } from '../output/write-object.ts';
import { carryTurn } from '../session/carry-turn.ts';
import { CliError } from '../session/cli-error.ts';
import { type CliContext } from '../session/cli-context.ts';
import { openConversation } from '../session/conversations.ts';
import { type ExitCode, exitCodes } from '../session/exit-codes.ts';
import { findNamed, newestTurn } from '../session/find-turn.ts';
import { type CommandHandler } from '../session/invocation.ts';
import { type StreamMode } from '../session/stream-modes.ts';
import { askIn } from './ask.ts';

interface RetryOptions {
  readonly output: AnswerFormat;
  readonly wait: boolean;
  readonly timeout?: number;
  readonly quiet?: boolean;
  readonly stream?: StreamMode;
}

/** A turn never changes: the same words become a new one. An intent is carried out once per attempt. */
export const runRetry: CommandHandler<RetryOptions> = async ({ open }, [name = ''], options) => {
  const context = await open();
  const named = await findNamed(context, name);
  if (named.kind === 'intent') return retryIntent(context, named.object, options);
  const { spec } = await newestTurn(context, named);
  if (spec.owner.kind === 'Intent') {
    throw new CliError(exitCodes.usage, 'this turn belongs to an intent, which is tried again as a whole', {
      next: `kubectl swarm retry intent/${spec.owner.name} -n ${context.namespace}`,
    });
  }
  const conversation = await openConversation(context, { name: spec.owner.name, prefix: 'ask' });
  return askIn(context, { conversation, text: spec.text }, options);
};

async function retryIntent(context: CliContext, intent: Intent, options: RetryOptions): Promise<ExitCode> {
  const { name, namespace, resourceVersion } = intent.metadata;
  if (intent.status?.finishedAt === undefined) {
    throw new CliError(exitCodes.failed, `intent ${name} has not ended yet`, {
      next: `kubectl swarm watch intent/${name} -n ${namespace}`,
    });
  }
  const attempt = intent.spec.attempt + 1;
  const raised = (await context.kube.mergePatch(
    kinds.intent,
    { namespace, name },
    { metadata: { resourceVersion }, spec: { attempt } },
  )) as unknown as Intent;
  context.shell.stderr.write(`intent ${name} goes into attempt ${attempt}\n`);
  if (!options.wait) {
    context.shell.stdout.write(`${nameOf(raised)}\n`);
    return exitCodes.answered;
  }
  const turn = await turnOfAttempt(context, raised);
  return carryTurn(
    context,
    { turn: { metadata: { ...raised.metadata, name: turn } } },
    { ...options, cancelOnInterrupt: false },
  );
}

/** The operator makes the turn of the new generation, and says so in the status. */
async function turnOfAttempt({ kube, signal }: CliContext, { metadata }: Intent): Promise<string> {
  const { namespace, name, generation } = metadata;
  for await (const intent of kube.watchObject<Intent>(kinds.intent, { namespace, name }, signal)) {
    if (intent === 'gone') break;
    const { observedGeneration = 0, turn } = intent.status ?? {};
    if (observedGeneration >= generation && turn !== undefined) return turn;
  }
  throw new CliError(exitCodes.failed, `intent ${name} was deleted`);
}
