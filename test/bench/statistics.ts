/** The value below which this share of the sorted-on-the-fly values lies; NaN of nothing. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

/** Runs the work `count` times, `concurrency` at a time, each worker taking the next number. */
export async function inParallel(
  { count, concurrency }: { readonly count: number; readonly concurrency: number },
  work: (number: number, worker: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const workers = Array.from({ length: Math.min(concurrency, count) }, async (_, worker) => {
    while (next < count) {
      const number = next;
      next += 1;
      await work(number, worker);
    }
  });
  await Promise.all(workers);
}
