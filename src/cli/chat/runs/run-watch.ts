import { type Clock } from '../../../base/clock.ts';
import { type RunView } from '../../display/run-tree.ts';

/** Often enough for an eye, seldom enough for an API server. */
const everyMs = 1_500;

export interface RunWatchOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly read: () => Promise<RunView | undefined>;
  readonly show: (run: RunView) => void;
}

const isOver: ReadonlySet<string> = new Set(['Succeeded', 'Failed', 'Cancelled']);

/** Shows the run again and again until it has ended, or cannot be seen. @returns how it was seen last. */
export async function watchRun({ clock, signal, read, show }: RunWatchOptions): Promise<RunView | undefined> {
  let last: RunView | undefined;
  while (!signal.aborted) {
    const seen = await read();
    if (!seen) return last;
    // The logs of a pod may be gone before the run is looked at for the last time.
    last = { ...seen, metrics: (seen.metrics ?? []).length > 0 ? seen.metrics : last?.metrics };
    show(last);
    if (isOver.has(last.state)) return last;
    await clock.sleep(everyMs, signal).catch(() => undefined);
  }
  return last;
}
