import { defineConfig } from 'vitest/config';

/** Unit tests sit beside the code; the other suites share one cluster, so their files run one after the other. */
const suite = (name: string, include: string, testTimeoutMs: number) => ({
  test: {
    name,
    include: [include],
    // CommonJS packages as Node itself imports them, so that tests and production see the same.
    deps: { interopDefault: false },
    testTimeout: testTimeoutMs,
    hookTimeout: 120_000,
    fileParallelism: name === 'unit',
  },
});

export const suites = defineConfig({
  test: {
    projects: [
      suite('unit', 'src/**/*.test.ts', 10_000),
      suite('integration', 'test/integration/**/*.test.ts', 60_000),
      suite('e2e', 'test/e2e/**/*.test.ts', 240_000),
      suite('faults', 'test/faults/**/*.test.ts', 900_000),
    ],
  },
});

// Vitest insists on a default export.
// eslint-disable-next-line no-restricted-syntax
export default suites;
