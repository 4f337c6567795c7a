import { describe, expect, test } from 'vitest';
import { callTool, toolOf } from '../../testing/call-tool.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { toolContext } from '../../testing/tool-context.ts';
import { aTool } from '../../testing/turn-world.ts';
import type { RunObserver } from '../run-observer.ts';
import type { RunReference } from '../tool.ts';
import { createSupervisorAgent } from './supervisor-agent.ts';

const run: RunReference = {
  backend: 'tekton',
  namespace: 'team-a',
  name: 'swarm-x',
  id: 'uid-x',
  pipeline: 'churn-train',
  state: 'Running',
  startedAt: '2026-01-01T00:00:00Z',
};

function setUp(...references: readonly (RunReference | undefined)[]) {
  const clock = new FakeClock();
  const observers = references.map((reference): RunObserver => ({
    backend: reference?.backend ?? 'kfp',
    observe: () => Promise.resolve(reference),
  }));
  const agent = createSupervisorAgent({ agents: [], runObservers: observers });
  const context = toolContext({ clock, decidedAt: clock.now() });
  return { clock, call: (tool: string, input: object) => callTool(toolOf(agent, tool), input, context) };
}

describe('waiting for a run', () => {
  test('goes on while the run goes on, until the time is up', async () => {
    const { clock, call } = setUp(run);
    expect(await call('wait_for_run', { run: 'swarm-x', timeout: '10m' })).toMatchObject({
      kind: 'waiting',
      until: new Date('2026-01-01T00:10:00Z'),
      run,
    });
    clock.jumpWallClock(600_000);
    expect(await call('wait_for_run', { run: 'swarm-x', timeout: '10m' })).toMatchObject({ code: 'TimedOut' });
  });

  test('ends with the state and the results of the run, which are words of others', async () => {
    const ended = {
      ...run,
      state: 'Succeeded',
      finishedAt: '2026-01-01T00:00:09Z',
      results: { accuracy: '0.84' },
    } as const;
    expect(await setUp(ended).call('wait_for_run', { run: 'swarm-x' })).toEqual({
      kind: 'ok',
      summary: 'Run swarm-x of churn-train succeeded after 9 s; results: accuracy=0.84.',
      data: {
        run: 'swarm-x',
        backend: 'tekton',
        pipeline: 'churn-train',
        state: 'Succeeded',
        startedAt: '2026-01-01T00:00:00Z',
        finishedAt: '2026-01-01T00:00:09Z',
        results: { accuracy: '0.84' },
      },
      runs: [ended],
      untrusted: true,
    });
  });

  test('a run that failed is an answer, not an error', async () => {
    const failed = { ...run, state: 'Failed', message: 'Tasks Completed: 1 (Failed: 1)' } as const;
    expect(await setUp(failed).call('wait_for_run', { run: 'swarm-x' })).toMatchObject({
      kind: 'ok',
      summary: 'Run swarm-x of churn-train failed: Tasks Completed: 1 (Failed: 1).',
      untrusted: true,
    });
  });

  test('looks for the run in every backend, or in the one that was named', async () => {
    const { call } = setUp(undefined, run);
    expect(await call('wait_for_run', { run: 'swarm-x' })).toMatchObject({ kind: 'waiting' });
    expect(await call('wait_for_run', { run: 'swarm-x', backend: 'kfp' })).toMatchObject({ code: 'NotFound' });
  });
});

describe('waiting for a moment', () => {
  test('goes on until the moment has come', async () => {
    const { clock, call } = setUp();
    expect(await call('wait_until', { duration: '90s' })).toMatchObject({ until: new Date('2026-01-01T00:01:30Z') });
    expect(await call('wait_until', { time: '2026-01-01T03:00:00+02:00' })).toMatchObject({
      until: new Date('2026-01-01T01:00:00Z'),
    });
    clock.jumpWallClock(90_000);
    expect(await call('wait_until', { duration: '90s' })).toMatchObject({ kind: 'ok' });
  });

  test('is no longer than a day', async () => {
    expect(await setUp().call('wait_until', { duration: '2d' })).toMatchObject({ code: 'InvalidArgument' });
  });

  test.each([{}, { duration: '1h', time: '2026-01-01T00:00:00Z' }])('%j is no moment', async (input) => {
    await expect(setUp().call('wait_until', input)).rejects.toThrow('either time or duration');
  });
});

describe('answers of the supervisor itself', () => {
  test.each([
    ['clarify', { question: 'Which one?', options: ['a', 'b'] }, 'Which one?\n- a\n- b'],
    ['refuse', { reason: 'Passwords are never shown.' }, 'Passwords are never shown.'],
    ['smalltalk', { reply: 'You are welcome.' }, 'You are welcome.'],
  ])('%s is the reply', async (tool, input, summary) => {
    const agent = createSupervisorAgent({ agents: [], runObservers: [] });
    expect(toolOf(agent, tool).replies).toBe(true);
    expect(await callTool(toolOf(agent, tool), input, toolContext())).toMatchObject({ kind: 'ok', summary });
  });

  test('help names the agents that the namespace has and nothing else', async () => {
    const common = { instructions: '', delegates: [] };
    const build = aTool('build', 'named', {
      examples: ['Build it'],
      execute: () => Promise.reject(new Error('unused')),
    });
    const agents = [
      { ...common, name: 'tekton', purpose: 'Builds.', tools: [build] },
      { ...common, name: 'minio', purpose: 'Files.', tools: [{ ...build, examples: ['Read it'] }] },
    ];
    const tool = toolOf(createSupervisorAgent({ agents, runObservers: [] }), 'help');
    const answer = async (availableAgents: readonly string[]) => {
      const result = await callTool(tool, {}, toolContext({ availableAgents }));
      return result.kind === 'ok' ? result.summary : '';
    };
    expect(await answer(['tekton'])).toContain('Build it');
    expect(await answer(['tekton'])).not.toMatch(/Read it|Files\./);
    expect(await answer([])).toContain('No backend is set up yet');
  });
});
