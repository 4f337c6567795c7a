import { describe, expect, test } from 'vitest';
import { RetryableError } from '../../base/errors.ts';
import { runNameOf } from '../../backends/tekton/new-run.ts';
import { TektonRefusedError } from '../../backends/tekton/tekton-refused-error.ts';
import { callTool, precheckTool, toolOf } from '../../testing/call-tool.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { FakeTekton } from '../../testing/fake-tekton.ts';
import { aTektonParameter } from '../../testing/tekton-builders.ts';
import { toolContext } from '../../testing/tool-context.ts';
import { createTektonAgent } from './tekton-agent.ts';

const namespace = 'team-a';

function setUp() {
  const tekton = new FakeTekton();
  tekton.addPipeline(namespace, { name: 'build', parameters: [aTektonParameter({ name: 'tag', default: 'latest' })] });
  const agent = createTektonAgent({ tekton });
  const clock = new FakeClock();
  const context = toolContext({ namespace, clock });
  return {
    tekton,
    clock,
    call: (tool: string, input: object) => callTool(toolOf(agent, tool), input, context),
    preview: async (tool: string, input: object) => toolOf(agent, tool).preview?.(input as never, context),
    precheck: (tool: string, input: object) => precheckTool(toolOf(agent, tool), input, context),
  };
}

describe('the Tekton agent', () => {
  test('an unknown pipeline is answered with the nearest names, before anyone is asked to approve', async () => {
    const { tekton, precheck } = setUp();
    for (const name of ['build-image', 'rebuild', 'buildah', 'deploy']) tekton.addPipeline(namespace, { name });
    const failure = await precheck('run_pipeline', { pipeline: 'buid' });
    expect(failure).toMatchObject({ code: 'NotFound', hint: expect.stringContaining('build') as string });
    expect(failure?.hint?.split(' or ')).toHaveLength(3);
    expect(failure?.hint).not.toContain('deploy');
  });

  test('a pipeline that was deleted after its run had begun does not hide the run from a repeat', async () => {
    const { tekton, call } = setUp();
    const first = await call('run_pipeline', { pipeline: 'build' });
    tekton.removePipeline(namespace, 'build');
    expect(await call('run_pipeline', { pipeline: 'build' })).toEqual(first);
    expect(tekton.created).toHaveLength(1);
  });

  test('a name that is taken by a run which is gone a moment later is tried again, not given up', async () => {
    const { tekton, call } = setUp();
    tekton.createRun = () => Promise.resolve({ kind: 'taken' });
    await expect(call('run_pipeline', { pipeline: 'build' })).rejects.toThrow(RetryableError);
  });

  test('the run of a deleted object of the same name is waited for, and in the end left alone', async () => {
    const { tekton, call, clock } = setUp();
    await call('run_pipeline', { pipeline: 'build' });
    const [{ effectKey } = { effectKey: '' }] = tekton.created;
    tekton.updateRun(namespace, runNameOf(effectKey), { ownerUid: 'uid-of-the-former' });
    await expect(call('run_pipeline', { pipeline: 'build' })).rejects.toThrow(RetryableError);
    await clock.advance(120_000);
    expect(await call('run_pipeline', { pipeline: 'build' })).toMatchObject({ code: 'EffectConflict' });
    expect(tekton.created).toHaveLength(1);
  });

  test('what the API server would not admit is found before anyone is asked to approve', async () => {
    const { tekton, precheck } = setUp();
    tekton.createRun = () => Promise.reject(new TektonRefusedError('Rejected', 'policy says no'));
    const failure = await precheck('run_pipeline', { pipeline: 'build' });
    expect(failure).toMatchObject({ code: 'Rejected', message: 'policy says no', untrusted: true });
  });

  test('whoever decides is told what would run, and what would be ended', async () => {
    const { tekton, preview } = setUp();
    expect(await preview('run_pipeline', { pipeline: 'build', params: { tag: '1.4' } })).toMatch(
      /^Would run build as swarm-[a-z2-7]{26} with tag=1\.4\.$/,
    );
    tekton.addRun(namespace, { name: 'build-81', state: 'Running' });
    expect(await preview('rerun', { run: 'build-81' })).toMatch(/^Would run build as swarm-.*, like build-81\.$/);
    expect(await preview('cancel_run', { run: 'build-81', mode: 'Cancelled' })).toMatch(
      /^Would end run build-81 of build \(Cancelled\), which .*running/,
    );
  });

  test('an outage is left to time', async () => {
    const { tekton, call } = setUp();
    tekton.failNext(new RetryableError('TektonUnavailable', 'down'));
    await expect(call('list_runs', {})).rejects.toThrow('down');
  });

  test.each(['list_pipelines', 'list_runs'])('%s stays in the own namespace', async (tool) => {
    expect(await setUp().call(tool, { namespace: 'kube-system' })).toMatchObject({ code: 'OtherNamespace' });
  });

  test('a pipeline that needs volumes is not run without them', async () => {
    const { tekton, precheck } = setUp();
    tekton.addPipeline(namespace, { name: 'cached', workspaces: [{ name: 'cache', isOptional: false }] });
    expect(await precheck('run_pipeline', { pipeline: 'cached' })).toMatchObject({ code: 'WorkspaceNeeded' });
  });

  test('a rerun takes over workspaces and time limits, and says what it does not take over', async () => {
    const { tekton, call } = setUp();
    const workspaces = [{ name: 'cache', persistentVolumeClaim: { claimName: 'cache' } }];
    const timeouts = { pipeline: '2h' };
    tekton.addRun(namespace, { name: 'build-1', workspaces, timeouts, ownSettings: ['serviceAccountName'] });
    const result = await call('rerun', { run: 'build-1' });
    expect(result).toMatchObject({ kind: 'ok', data: { notTakenOver: ['serviceAccountName'] } });
    expect(tekton.created).toMatchObject([{ pipeline: 'build', workspaces, timeouts }]);
  });

  test.each(['inline', 'resolver'] as const)('a run with an %s pipeline is not started anew', async (source) => {
    const { tekton, precheck } = setUp();
    tekton.addRun(namespace, { name: 'odd', source });
    expect(await precheck('rerun', { run: 'odd' })).toMatchObject({ code: 'NotRerunnable' });
  });

  test('cancelling is refused before approval when the run has ended', async () => {
    const { tekton, precheck } = setUp();
    tekton.addRun(namespace, { name: 'done', state: 'Succeeded', finishedAt: '2026-01-01T00:00:00Z' });
    expect(await precheck('cancel_run', { run: 'done' })).toMatchObject({ code: 'AlreadyFinished' });
  });

  test('a run that ends while it is being cancelled is reported as ended', async () => {
    const { tekton, call } = setUp();
    tekton.addRun(namespace, { name: 'quick', state: 'Running' });
    tekton.cancelRun = () => {
      tekton.updateRun(namespace, 'quick', { state: 'Succeeded', finishedAt: '2026-01-01T00:00:00Z' });
      return Promise.reject(new TektonRefusedError('Rejected', 'complete'));
    };
    expect(await call('cancel_run', { run: 'quick' })).toMatchObject({ code: 'AlreadyFinished' });
  });

  test('logs of many steps stay within what a model is shown, newest lines first to stay', async () => {
    const { tekton, call } = setUp();
    tekton.addRun(namespace, { name: 'loud', state: 'Succeeded' });
    tekton.setTaskRuns(namespace, 'loud', [
      { name: 'loud-a', task: 'a', podName: 'pod-a', steps: [{ name: 's', container: 'step-s', state: 'Succeeded' }] },
    ]);
    tekton.addPod(namespace, { name: 'pod-a' });
    const log = Array.from({ length: 2_000 }, (_, index) => `line ${index}`).join('\n');
    tekton.setLog(namespace, { pod: 'pod-a', container: 'step-s' }, log);
    const result = await call('get_run_logs', { run: 'loud', tailLines: 2_000 });
    expect(JSON.stringify(result).length).toBeLessThan(8_192);
    expect(JSON.stringify(result)).toContain('line 1999');
    expect(result).toMatchObject({ summary: expect.stringContaining('earlier ones left out') as string });
    expect(await call('get_run_logs', { run: 'loud', task: 'aa' })).toMatchObject({ code: 'NotFound' });
    expect(await call('get_run_logs', { run: 'loud', step: 'x' })).toMatchObject({ code: 'NotFound' });
  });

  test('a question about a run needs a run or a pipeline', async () => {
    expect(await setUp().call('get_run', {})).toMatchObject({ code: 'MissingArgument' });
  });
});
