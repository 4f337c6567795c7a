import { defineConfig } from 'vitest/config';

interface Suite {
  readonly include: string;
  readonly testTimeoutMs: number;
  /** Files that run at a time. */
  readonly maxWorkers?: number | string;
}

/** Unit tests sit beside the code; all others share one cluster, on which most have times to keep. */
const suite = (name: string, { include, testTimeoutMs, maxWorkers = 1 }: Suite) => ({
  test: {
    name,
    include: [include],
    // CommonJS packages as Node itself imports them, so that tests and production see the same.
    deps: { interopDefault: false },
    testTimeout: testTimeoutMs,
    hookTimeout: 120_000,
    maxWorkers,
  },
});

export const suites = defineConfig({
  test: {
    projects: [
      suite('unit', { include: 'src/**/*.test.ts', testTimeoutMs: 10_000, maxWorkers: '100%' }),
      suite('integration', { include: 'test/integration/**/*.test.ts', testTimeoutMs: 60_000, maxWorkers: 2 }),
      suite('e2e', { include: 'test/e2e/**/*.test.ts', testTimeoutMs: 240_000 }),
      suite('faults', { include: 'test/faults/**/*.test.ts', testTimeoutMs: 900_000 }),
      suite('packaging', { include: 'test/packaging/**/*.test.ts', testTimeoutMs: 600_000 }),
      suite('gitops', { include: 'test/gitops/**/*.test.ts', testTimeoutMs: 600_000 }),
    ],
  },
});

// Vitest insists on a default export.
// eslint-disable-next-line no-restricted-syntax
export default suites;
