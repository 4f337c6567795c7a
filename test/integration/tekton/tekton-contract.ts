import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Agent } from '../../../src/agents/agent.ts';
import { createTektonAgent } from '../../../src/agents/tekton/tekton-agent.ts';
import { createTektonRunObserver } from '../../../src/agents/tekton/tekton-run-observer.ts';
import type { OwnerReference, ToolContext, ToolResult } from '../../../src/agents/tool.ts';
import type { TektonClient } from '../../../src/backends/tekton/tekton-client.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { canonicalJson, sha256Base32, sha256Hex } from '../../../src/base/digest.ts';
import { callTool, precheckTool, toolOf } from '../../../src/testing/call-tool.ts';
import { silentLog, toolContext } from '../../../src/testing/tool-context.ts';

/** A Tekton, real or not, with the sample pipelines hello, failing and sleepy of hack/test-bed/samples. */
export interface TektonWorld {
  readonly client: TektonClient;
  readonly namespace: string;
  /** May read and run pipelines. */
  readonly serviceAccountName: string;
  /** Has no rights at all. */
  readonly strangerName: string;
  readonly owner: OwnerReference;
  /** Resolves once the first step of the run is going. */
  begun(run: string): Promise<void>;
  /** Resolves once the run has ended. */
  ended(run: string): Promise<void>;
  removePods(run: string): Promise<void>;
  remove(): Promise<void>;
}

/** What the Tekton agent promises, whatever Tekton it talks to. */
export function describeTektonContract(name: string, createWorld: () => Promise<TektonWorld>): void {
  describe(`the Tekton agent on ${name}`, () => {
    let world: TektonWorld;
    let agent: Agent;
    let decisions = 0;

    beforeAll(async () => {
      world = await createWorld();
      agent = createTektonAgent({ tekton: world.client });
    });
    afterAll(() => world.remove());

    /** Facts of a new decision; the same facts again are a repeat of it. */
    const decision = (input: object, facts: Partial<ToolContext> = {}): ToolContext =>
      toolContext({
        clock: systemClock,
        namespace: world.namespace,
        serviceAccountName: world.serviceAccountName,
        owner: world.owner,
        effectKey: sha256Base32(`${world.namespace} ${++decisions}`, 26),
        argumentsDigest: `sha256:${sha256Hex(canonicalJson(input))}`,
        ...facts,
      });
    const call = (tool: string, input: object, context = decision(input)): Promise<ToolResult> =>
      callTool(toolOf(agent, tool), input, context);

    const start = async (pipeline: string, params?: object): Promise<string> => {
      const result = await call('run_pipeline', { pipeline, params });
      expect(result).toMatchObject({ kind: 'ok', runs: [{ backend: 'tekton', pipeline, namespace: world.namespace }] });
      return (result as { data: { run: { name: string } } }).data.run.name;
    };
    const observe = (run: string) => createTektonRunObserver(world.client).observe(run, decision({ run }));

    test('lists and describes pipelines', async () => {
      expect(await call('list_pipelines', { nameContains: 'HELL' })).toMatchObject({
        kind: 'ok',
        data: { total: 1, pipelines: [{ name: 'hello', parameters: ['name'], tasks: ['greet'] }] },
      });
      expect(await call('get_pipeline', { pipeline: 'hello' })).toMatchObject({
        kind: 'ok',
        data: { parameters: [{ name: 'name', type: 'string', required: false, default: 'world' }] },
      });
      expect(await call('get_pipeline', { pipeline: 'helo' })).toMatchObject({
        kind: 'error',
        code: 'NotFound',
        hint: expect.stringContaining('hello') as string,
      });
    });

    test('offers pipelines, tasks and runs as inventory, no more than asked for', async () => {
      await start('hello');
      const context = { ...decision({}), log: silentLog };
      const items = (await agent.inventory?.({ ...context, limit: 50 })) ?? [];
      expect(new Set(items.map(({ kind }) => kind))).toEqual(new Set(['pipeline', 'task', 'run']));
      expect(items).toContainEqual(
        expect.objectContaining({
          kind: 'pipeline',
          name: 'hello',
          parameters: [{ name: 'name', type: 'string', default: 'world' }],
        }),
      );
      expect(await agent.inventory?.({ ...context, limit: 2 })).toHaveLength(2);
    });

    test('a check before approval keeps nothing and finds what is wrong', async () => {
      const tool = toolOf(agent, 'run_pipeline');
      const fine = decision({ pipeline: 'hello', params: { name: 'Ada' } });
      expect(await precheckTool(tool, { pipeline: 'hello', params: { name: 'Ada' } }, fine)).toBeUndefined();
      expect(await observe(`swarm-${fine.effectKey}`)).toBeUndefined();
      expect(await precheckTool(tool, { pipeline: 'hello', params: { nam: 'Ada' } }, decision({}))).toMatchObject({
        code: 'InvalidParameters',
        message: expect.stringContaining('Did you mean name?') as string,
      });
    });

    test('an account without rights is told so', async () => {
      const context = decision({}, { serviceAccountName: world.strangerName });
      for (const [tool, input] of [
        ['list_pipelines', {}],
        ['run_pipeline', { pipeline: 'hello' }],
        ['get_run', { run: 'x' }],
      ] as const) {
        expect(await call(tool, input, context)).toMatchObject({ kind: 'error', code: 'Forbidden' });
      }
    });

    test('a decision starts one run, however often it is carried out', async () => {
      const input = { pipeline: 'hello', params: { name: 'Ada' } };
      const context = decision(input);
      const first = await call('run_pipeline', input, context);
      const repeat = await call('run_pipeline', input, context);
      const idOf = (result: ToolResult) => (result as { runs: readonly { id: string }[] }).runs[0]?.id;
      expect(idOf(first)).toBeDefined();
      expect(idOf(repeat)).toBe(idOf(first));
    });

    test('a run of the same name from elsewhere is never adopted', async () => {
      const input = { pipeline: 'hello' };
      const context = decision(input);
      await call('run_pipeline', input, context);
      // For a while it could be the run of a former owner of the same name, which is waited for.
      const decidedAt = new Date(context.clock.now().getTime() - 600_000);
      const otherOwner = {
        ...context,
        decidedAt,
        owner: { ...world.owner, uid: '11111111-2222-4333-8444-555555555555' },
      };
      const otherArguments = { ...context, argumentsDigest: `sha256:${'f'.repeat(64)}` };
      expect(await call('run_pipeline', input, otherOwner)).toMatchObject({ code: 'EffectConflict' });
      expect(await call('run_pipeline', input, otherArguments)).toMatchObject({ code: 'EffectConflict' });
    });

    test('a run that succeeds gives its results, tasks and log', async () => {
      const run = await start('hello', { name: 'Ada' });
      await world.ended(run);
      expect(await observe(run)).toMatchObject({ state: 'Succeeded', results: { greeting: 'Hello, Ada!' } });
      expect(await call('get_run', { run })).toMatchObject({
        kind: 'ok',
        data: {
          run: { state: 'Succeeded' },
          parameters: { name: 'Ada' },
          results: { greeting: 'Hello, Ada!' },
          tasks: [{ name: 'greet', state: 'Succeeded', steps: [{ name: 'greet', state: 'Succeeded', exitCode: 0 }] }],
        },
        untrusted: true,
      });
      expect(await call('get_run_logs', { run })).toMatchObject({
        kind: 'ok',
        data: { logs: [{ task: 'greet', step: 'greet', state: 'read', lines: ['Hello, Ada!'] }] },
        untrusted: true,
      });
      expect(await call('diagnose_run', { run })).toMatchObject({ kind: 'ok', data: { cause: 'None' } });
    });

    test('a run that fails is explained by task, step, exit code and log line', async () => {
      const run = await start('failing');
      await world.ended(run);
      expect(await observe(run)).toMatchObject({ state: 'Failed' });
      const diagnosis = await call('diagnose_run', { pipeline: 'failing' });
      expect(diagnosis).toMatchObject({
        kind: 'ok',
        data: {
          run: { name: run, state: 'Failed' },
          cause: 'UserException',
          task: 'check',
          step: 'read-data',
          exitCode: 3,
          logLine: expect.stringContaining('column "churn_label" is not in churn.csv') as string,
        },
        untrusted: true,
      });
      expect(await call('get_run_logs', { run, grep: 'COLUMN "churn_label"' })).toMatchObject({
        data: { logs: [{ lines: [expect.stringContaining('DataError') as string] }] },
      });
    });

    test('logs of pods that are gone are a clear answer', async () => {
      const run = await start('hello');
      await world.ended(run);
      await world.removePods(run);
      expect(await call('get_run_logs', { run })).toMatchObject({ kind: 'error', code: 'LogsGone' });
    });

    test('a run can be cancelled, again and again, but not once it has ended otherwise', async () => {
      const run = await start('sleepy', { seconds: 600 });
      await world.begun(run);
      const input = { run };
      expect(await call('cancel_run', input)).toMatchObject({ kind: 'ok', data: { mode: 'Cancelled' } });
      expect(await call('cancel_run', input)).toMatchObject({ kind: 'ok' });
      await world.ended(run);
      expect(await observe(run)).toMatchObject({ state: 'Cancelled' });
      expect(await call('cancel_run', input)).toMatchObject({ kind: 'ok' });
      expect(await call('cancel_run', { run, mode: 'StoppedRunFinally' })).toMatchObject({ code: 'AlreadyFinished' });
      expect(await call('diagnose_run', { run })).toMatchObject({ data: { cause: 'Cancelled' } });
    });

    test('a run that has ended refuses the wish to end it', async () => {
      const name = await start('hello');
      await world.ended(name);
      const context = decision({});
      const run = await world.client.getRun(name, context);
      await expect(world.client.cancelRun(run ?? { name, uid: '' }, 'Cancelled', context)).rejects.toMatchObject({
        name: 'TektonRefusedError',
        code: 'Rejected',
      });
    });

    test('a run is started anew with what differed and what did not', async () => {
      const run = await start('hello', { name: 'Ada' });
      expect(await call('rerun', { run })).toMatchObject({ kind: 'ok', data: { parameters: { name: 'Ada' } } });
      const changed = await call('rerun', { run, params: { name: 'Grace' } });
      expect(changed).toMatchObject({ kind: 'ok', data: { earlierRun: run, parameters: { name: 'Grace' } } });
      const name = (changed as { data: { run: { name: string } } }).data.run.name;
      await world.ended(name);
      expect(await observe(name)).toMatchObject({ results: { greeting: 'Hello, Grace!' } });
    });

    test('runs are listed newest first, by pipeline and state', async () => {
      const run = await start('failing');
      await world.ended(run);
      const listed = await call('list_runs', { pipeline: 'failing', state: 'Failed', since: '1h', limit: 1 });
      expect(listed).toMatchObject({
        kind: 'ok',
        data: { runs: [{ name: run, pipeline: 'failing', state: 'Failed' }] },
      });
      expect(await call('list_runs', { until: '1h' })).toMatchObject({ data: { total: 0 } });
    });
  });
}
