import { setTimeout as sleep } from 'node:timers/promises';

export interface WaitOptions {
  readonly withinMs: number;
  readonly everyMs?: number;
  /** What to add to the failure, for example the end of a log or the object's status. */
  readonly explain?: () => Promise<string> | string;
}

/** Asks again until the probe gives something other than undefined or false; fails with what was last thrown or seen. */
export async function waitFor<T>(
  what: string,
  probe: () => Promise<T | undefined | false>,
  options: WaitOptions,
): Promise<T> {
  const end = performance.now() + options.withinMs;
  let last = 'it never came about';
  for (;;) {
    try {
      const value = await probe();
      if (value !== undefined && value !== false) return value;
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    if (performance.now() >= end) break;
    await sleep(options.everyMs ?? 200);
  }
  const explanation = options.explain === undefined ? '' : `\n${await options.explain()}`;
  throw new Error(`gave up after ${options.withinMs} ms waiting until ${what}: ${last}${explanation}`);
}
