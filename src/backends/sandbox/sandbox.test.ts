import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { FakeClock } from '../../testing/fake-clock.ts';
import { startSandbox, type SandboxSettings } from './sandbox.ts';

// Each case starts a process.
vi.setConfig({ testTimeout: 60_000 });

const timeLimitMs = 1_000;
let folder: string;
let clock: FakeClock;

/** A worker that does what it is told, good or bad. */
const source = `
  import { serveSandbox } from '${new URL('./serve-sandbox.ts', import.meta.url).href}';
  import { RefusedInSandboxError } from '${new URL('./protocol.ts', import.meta.url).href}';
  const keep = [];
  const acts = {
    echo: ({ value }) => value,
    environment: () => Object.keys(process.env),
    refuse: () => { throw new RefusedInSandboxError('TooBlue', 'it is too blue', 'Take a red one.'); },
    fail: () => { throw new Error('a mistake in the worker'); },
    abort: () => { process.abort(); },
    leave: () => { process.stderr.write('something is broken\\n', () => process.exit(3)); return new Promise(() => {}); },
    hang: () => new Promise(() => {}),
    spin: () => { for (;;); },
    grow: async () => { for (;;) { keep.push(Buffer.alloc(16e6, 1)); await new Promise((resolve) => setTimeout(resolve, 5)); } },
  };
  serveSandbox(async (question) => acts[question.act](question));
`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swarm-sandbox-'));
  await writeFile(join(folder, 'worker.ts'), source);
});
afterAll(() => rm(folder, { recursive: true }));

function start(changes: Partial<SandboxSettings> = {}) {
  clock = new FakeClock();
  return startSandbox({
    entry: pathToFileURL(join(folder, 'worker.ts')),
    clock,
    memoryBytes: 256e6,
    signal: new AbortController().signal,
    ...changes,
  });
}

test('questions are answered in order, with values of all sorts', async () => {
  const sandbox = start();
  const values = [1, 'two', null, { three: [3n, new Date(0), new Uint8Array([1, 2])] }];
  const answers = await Promise.all(values.map((value) => sandbox.ask({ act: 'echo', value }, timeLimitMs)));
  expect(answers).toEqual(values);
  await sandbox.end();
});

test('the worker sees nothing of the environment but how to use memory', async () => {
  process.env['SWARM_SECRET_OF_THIS_TEST'] = 'x';
  const sandbox = start();
  const names = await sandbox.ask({ act: 'environment' }, timeLimitMs);
  expect(names).toContain('MALLOC_ARENA_MAX');
  expect(names).not.toContain('SWARM_SECRET_OF_THIS_TEST');
  expect(names).not.toContain('PATH');
  await sandbox.end();
});

test('a refusal keeps code and hint, and the worker goes on', async () => {
  const sandbox = start();
  await expect(sandbox.ask({ act: 'refuse' }, timeLimitMs)).rejects.toMatchObject({
    code: 'TooBlue',
    message: 'it is too blue',
    hint: 'Take a red one.',
  });
  expect(await sandbox.ask({ act: 'echo', value: 1 }, timeLimitMs)).toBe(1);
  await sandbox.end();
});

test('a mistake in the worker is an error with its stack', async () => {
  const sandbox = start();
  await expect(sandbox.ask({ act: 'fail' }, timeLimitMs)).rejects.toThrow(/a mistake in the worker\n +at /);
  await sandbox.end();
});

describe('a worker that ends is a failure that says how', () => {
  const cases: Record<string, { act: string; want: object }> = {
    'by a crash of native code': {
      act: 'abort',
      want: { reason: 'Crashed', message: expect.stringContaining('SIGABRT') as string },
    },
    'with last words': {
      act: 'leave',
      want: { reason: 'Crashed', message: expect.stringContaining('code 3: something is broken') as string },
    },
    'by its own growth': { act: 'grow', want: { reason: 'OutOfMemory' } },
  };
  test.each(Object.entries(cases))('%s', async (_how, { act, want }) => {
    const sandbox = start();
    await expect(sandbox.ask({ act }, timeLimitMs)).rejects.toMatchObject({ name: 'SandboxFailure', ...want });
    await expect(sandbox.ask({ act: 'echo' }, timeLimitMs)).rejects.toMatchObject(want);
    await sandbox.end();
  });

  test('because it was not there', async () => {
    const sandbox = start({ entry: pathToFileURL(join(folder, 'nowhere.ts')) });
    await expect(sandbox.ask({ act: 'echo' }, timeLimitMs)).rejects.toMatchObject({ reason: 'Crashed' });
    await sandbox.end();
  });
});

test.each(['hang', 'spin'])('a worker that does not answer is ended at its deadline: %s', async (act) => {
  const sandbox = start();
  await sandbox.ask({ act: 'echo' }, timeLimitMs);
  const answer = sandbox.ask({ act }, timeLimitMs);
  const outcome = expect(answer).rejects.toMatchObject({ reason: 'TimedOut', message: 'it took longer than 1 s' });
  await clock.advance(timeLimitMs);
  await outcome;
  await sandbox.end();
});

test('the signal ends the worker with its own reason', async () => {
  const stop = new AbortController();
  const sandbox = start({ signal: stop.signal });
  const outcome = expect(sandbox.ask({ act: 'spin' }, timeLimitMs)).rejects.toThrow('the turn was cancelled');
  stop.abort(new Error('the turn was cancelled'));
  await outcome;
  await sandbox.end();
  expect(() => start({ signal: stop.signal })).toThrow('the turn was cancelled');
});
