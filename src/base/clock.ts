/** Time as something that is handed in, so that plans stay pure and tests need no waiting. */
export interface Clock {
  /** Wall clock, for what people read. Never used to judge another process. */
  now(): Date;
  /** Milliseconds from an arbitrary start that never jump; for deadlines and leases. */
  monotonicMs(): number;
  /** Resolves after the delay; rejects with the signal's reason as soon as it fires. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
  /** Runs the callback after the delay; the returned function takes it back. */
  schedule(delayMs: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  sleep: (delayMs, signal) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const stop = () => {
        clearTimeout(timer);
        reject(signal?.reason as Error);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', stop);
        resolve();
      }, delayMs);
      signal?.addEventListener('abort', stop, { once: true });
    }),
  schedule: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => {
      clearTimeout(timer);
    };
  },
};
