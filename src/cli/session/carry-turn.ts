import { kinds } from '../../api/group.ts';
import { type Turn } from '../../api/turn.ts';
import { safeLine } from '../display/safe-text.ts';
import { type AnswerFormat } from '../options/common-options.ts';
import { AnswerView } from '../output/answer-view.ts';
import { isObjectFormat, writeObject } from '../output/write-object.ts';
import { type TurnEventOf } from '../../streaming/turn-event.ts';
import { cancelTurn } from './cancel-turn.ts';
import { CliError } from './cli-error.ts';
import { type CliContext } from './cli-context.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { followAsked } from './follow-asked.ts';
import { InterruptedError } from './interrupts.ts';
import { isInteractive } from './shell.ts';
import { type StreamMode } from './stream-modes.ts';
import { TurnOutcome } from './turn-outcome.ts';

/** How a turn is followed to its end by the commands that ask something. */
export interface CarryOptions {
  readonly output: AnswerFormat;
  readonly quiet?: boolean | undefined;
  readonly stream?: StreamMode | undefined;
  /** In milliseconds. */
  readonly timeout?: number | undefined;
  /** Ctrl-C stops the turn, because it was asked by this very command. */
  readonly cancelOnInterrupt: boolean;
  /** Decides about a call at once. @returns false when it is left open. */
  readonly decide?: (call: TurnEventOf<'approval_required'>) => Promise<boolean>;
  /** Printed on stdout after the answer, when the format is text. */
  readonly after?: (outcome: TurnOutcome) => Promise<string>;
}

export interface FollowableTurn {
  readonly turn: Pick<Turn, 'metadata'>;
  readonly streamKey?: string | undefined;
}

const timedOut = Symbol('timed out');

/** Follows the turn until it ends, until a call waits for a person who is not here, or until the time is over. */
export async function carryTurn(context: CliContext, asked: FollowableTurn, options: CarryOptions): Promise<ExitCode> {
  const view = new AnswerView(context, { format: options.output, quiet: options.quiet === true });
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const cancelTimer =
    options.timeout === undefined
      ? undefined
      : context.clock.schedule(options.timeout, () => {
          stop.abort(timedOut);
        });
  const release = takeInterrupts(context, asked, options, stop);
  const outcome = new TurnOutcome();
  try {
    const isOpen = await show({ context, asked, options, view, outcome, signal });
    view.end();
    if (isOpen) tellHowToDecide(context, asked, outcome);
    else if (options.after && options.output === 'text') context.shell.stdout.write(await options.after(outcome));
    if (isObjectFormat(options.output)) await writeTurn(context, asked, options.output);
    return outcome.exitCode;
  } catch (error) {
    view.end();
    if (stop.signal.reason === timedOut) throw tooLate(context, asked);
    throw stop.signal.aborted ? new InterruptedError() : error;
  } finally {
    cancelTimer?.();
    release();
  }
}

interface Showing {
  readonly context: CliContext;
  readonly asked: FollowableTurn;
  readonly options: CarryOptions;
  readonly view: AnswerView;
  readonly outcome: TurnOutcome;
  readonly signal: AbortSignal;
}

/** @returns true when a call waits for somebody else. */
async function show({ context, asked, options, view, outcome, signal }: Showing): Promise<boolean> {
  const { stream } = options;
  const onTransport = (notice: { readonly transport: string }) => {
    if (context.verbosity >= transportVerbosity) view.note(`events come by ${notice.transport}`);
  };
  for await (const event of followAsked(context, asked, { stream, signal, onTransport })) {
    outcome.add(event);
    view.show(event);
    if (event.type !== 'approval_required' || !outcome.pending.includes(event)) continue;
    view.end();
    const isDecided = (await options.decide?.(event)) ?? false;
    if (!isDecided) return true;
  }
  return false;
}

const transportVerbosity = 4;

// eslint-disable-next-line max-params -- one caller, above
function takeInterrupts(
  context: CliContext,
  asked: FollowableTurn,
  options: CarryOptions,
  stop: AbortController,
): () => void {
  if (!options.cancelOnInterrupt) return () => undefined;
  const { name } = asked.turn.metadata;
  return context.interrupts.takeOver(() => {
    context.shell.stderr.write(`\ncancelling turn ${name}; runs that it started go on\n`);
    void cancelTurn(context, name)
      .catch((error: unknown) => context.shell.stderr.write(`not cancelled: ${String(error)}\n`))
      .then(() => {
        stop.abort(new InterruptedError());
      });
  });
}

function tellHowToDecide(context: CliContext, asked: FollowableTurn, outcome: TurnOutcome): void {
  const { name, namespace } = asked.turn.metadata;
  for (const call of outcome.pending) {
    const tool = call.agent === undefined ? call.tool : `${call.agent}.${call.tool}`;
    context.shell.stderr.write(`${safeLine(tool)} waits for approval: ${safeLine(call.arguments)}\n`);
  }
  const several = outcome.pending.length > 1 ? ` --call ${outcome.pending[0]?.callId ?? ''}` : '';
  context.shell.stderr.write(
    `look at it and let it go on: kubectl swarm approve ${name}${several} -n ${namespace}\n` +
      `refuse it:                   kubectl swarm deny ${name}${several} -n ${namespace}\n` +
      (isInteractive(context.shell)
        ? ''
        : `then:                        kubectl swarm watch ${name} -n ${namespace}\n`),
  );
}

function tooLate({ namespace }: CliContext, { turn }: FollowableTurn): CliError {
  const { name } = turn.metadata;
  return new CliError(exitCodes.timeout, `turn ${name} has not ended in time; it goes on`, {
    next: `kubectl swarm watch ${name} -n ${namespace}`,
  });
}

async function writeTurn(
  context: CliContext,
  { turn }: FollowableTurn,
  format: 'json' | 'yaml' | 'name',
): Promise<void> {
  const { name, namespace } = turn.metadata;
  const object = format === 'name' ? undefined : await context.kube.get(kinds.turn, { namespace, name });
  await writeObject(context, format, object ?? { ...kindOfTurn, metadata: { name } });
}

const kindOfTurn = { apiVersion: `${kinds.turn.group}/${kinds.turn.version}`, kind: kinds.turn.kind };
