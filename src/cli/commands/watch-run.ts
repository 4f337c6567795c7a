import { readRun } from '../chat/runs/read-run.ts';
import { LiveLine } from '../display/live-line.ts';
import { renderRunTree, type RunView } from '../display/run-tree.ts';
import { outputTerminal } from '../output/output-terminal.ts';
import { CliError } from '../session/cli-error.ts';
import { type CliContext } from '../session/cli-context.ts';
import { type ExitCode, exitCodes } from '../session/exit-codes.ts';
import { type RunReference } from '../session/find-run.ts';

interface WatchRunOptions {
  readonly output: 'text' | 'jsonl';
  readonly timeout?: number;
}

const everyMs = 2_000;

/** The steps of a run as they go on, read with the rights of the person who watches; at the end the whole tree on stdout. */
export async function watchRun(
  context: CliContext,
  run: RunReference,
  { output, timeout }: WatchRunOptions,
): Promise<ExitCode> {
  const { clock, shell, signal } = context;
  const live = new LiveLine({ terminal: outputTerminal(shell.stderr), look: context.errorLayout().look, clock });
  const untilMs = timeout === undefined ? Infinity : clock.monotonicMs() + timeout;
  let told = '';
  live.begin(`run ${run.name}`);
  try {
    for (;;) {
      const view = await readRun(context, run);
      if (!view) throw unreadable(context, run);
      const state = JSON.stringify(view);
      if (output === 'jsonl' && state !== told) shell.stdout.write(`${JSON.stringify({ run: view })}\n`);
      told = state;
      if (isOver(view)) return finish(context, { view, live, output });
      live.showOpen(renderRunTree(view, { layout: context.errorLayout(), now: clock.now() }));
      if (clock.monotonicMs() + everyMs > untilMs) throw tooLate(context, run);
      await clock.sleep(everyMs, signal);
    }
  } finally {
    live.end();
  }
}

interface Finish {
  readonly view: RunView;
  readonly live: LiveLine;
  readonly output: 'text' | 'jsonl';
}

function finish(context: CliContext, { view, live, output }: Finish): ExitCode {
  live.end();
  if (output === 'text')
    context.shell.stdout.write(renderRunTree(view, { layout: context.layout(), now: context.clock.now() }));
  return view.state === 'Succeeded' ? exitCodes.answered : exitCodes.failed;
}

function isOver({ state }: RunView): boolean {
  return ['Succeeded', 'Failed', 'Cancelled'].includes(state);
}

function unreadable({ namespace }: CliContext, { backend, name }: RunReference): CliError {
  return new CliError(exitCodes.failed, `run ${backend}/${name} is gone, or your rights do not let you see it`, {
    next: `kubectl swarm ask "how is run ${name}?" -n ${namespace}`,
  });
}

function tooLate({ namespace }: CliContext, { backend, name }: RunReference): CliError {
  return new CliError(exitCodes.timeout, `run ${backend}/${name} has not ended in time; it goes on`, {
    next: `kubectl swarm watch ${backend}/${name} -n ${namespace}`,
  });
}
