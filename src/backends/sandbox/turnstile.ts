/** Lets a limited number of pieces of work through at a time; the others wait in the order in which they came. */
export interface Turnstile {
  /** Rejects with the signal's reason when it fires before the work has begun. */
  pass<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result>;
}

export function createTurnstile(places: number): Turnstile {
  const queue: (() => void)[] = [];
  let free = places;

  const enter = async (signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted();
    if (free > 0) {
      free -= 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const admit = () => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      };
      const giveUp = () => {
        queue.splice(queue.indexOf(admit), 1);
        reject(signal.reason as Error);
      };
      queue.push(admit);
      signal.addEventListener('abort', giveUp, { once: true });
    });
  };
  const leave = (): void => {
    const next = queue.shift();
    if (next) next();
    else free += 1;
  };

  return {
    async pass(signal, work) {
      await enter(signal);
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}
