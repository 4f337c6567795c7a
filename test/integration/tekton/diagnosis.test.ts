import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTektonAgent } from '../../../src/agents/tekton/tekton-agent.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { callTool, toolOf } from '../../../src/testing/call-tool.ts';
import { toolContext } from '../../../src/testing/tool-context.ts';
import { projectRoot } from '../../support/test-cluster.ts';
import { waitFor } from '../../support/wait-for.ts';
import { createRealWorld, type RealTektonWorld } from './tekton-world.ts';

/** The pipelines of troubles.yaml, and what must be found out about each. */
const troubles = [
  { pipeline: 'image-pull', expected: { cause: 'ImagePull', task: 'pull', step: 'start' }, says: 'registry.invalid' },
  { pipeline: 'bad-image-name', expected: { cause: 'ImagePull', task: 'pull' }, says: 'invalid reference format' },
  { pipeline: 'too-large', expected: { cause: 'Unschedulable', task: 'place' }, says: 'Insufficient memory' },
  { pipeline: 'missing-secret', expected: { cause: 'Configuration', task: 'configure' }, says: 'no-such-secret' },
  { pipeline: 'slow', expected: { cause: 'Timeout', task: 'dawdle' }, says: '5s' },
  { pipeline: 'no-command', expected: { cause: 'UserException', task: 'look', exitCode: 127 }, says: 'code 127' },
  { pipeline: 'missing-task', expected: { cause: 'NotFound' }, says: 'no-such-task' },
  { pipeline: 'needs-parameter', expected: { cause: 'MissingParameter' }, says: 'dataset' },
  { pipeline: 'no-result', expected: { cause: 'UpstreamFailure' }, says: 'accuracy' },
  { pipeline: 'no-such-pipeline', expected: { cause: 'NotFound' }, says: 'no-such-pipeline' },
  {
    pipeline: 'memory-hog',
    expected: { cause: 'OutOfMemory', task: 'allocate', step: 'allocate' },
    says: 'OutOfMemory',
  },
];

describe('troubles of real runs', () => {
  let world: RealTektonWorld;

  const start = (pipeline: string, run = `${pipeline}-1`) =>
    world.team.kubectl.apply({
      apiVersion: 'tekton.dev/v1',
      kind: 'PipelineRun',
      metadata: { name: run },
      spec: { pipelineRef: { name: pipeline } },
    });
  const diagnosisOf = async (run: string) => {
    const { namespace, serviceAccountName, client } = world;
    const context = toolContext({ namespace, serviceAccountName, clock: systemClock });
    const result = await callTool(toolOf(createTektonAgent({ tekton: client }), 'diagnose_run'), { run }, context);
    if (result.kind !== 'ok') throw new Error(JSON.stringify(result));
    return result.data as {
      cause: string;
      message: string;
      whatToTry: readonly string[];
      unreadable: readonly string[];
    };
  };
  const foundOut = (run: string, cause: string) =>
    waitFor(
      `the cause of ${run} is ${cause}`,
      async () => {
        const diagnosis = await diagnosisOf(run);
        return diagnosis.cause === cause ? diagnosis : undefined;
      },
      { withinMs: 50_000, everyMs: 500, explain: async () => JSON.stringify(await diagnosisOf(run)) },
    );

  beforeAll(async () => {
    world = await createRealWorld();
    await world.team.kubectl.run('apply', '-f', `${projectRoot}/test/integration/tekton/troubles.yaml`);
    await Promise.all(troubles.map(({ pipeline }) => start(pipeline)));
  });
  afterAll(() => world.remove());

  test.each(troubles)('$pipeline: $expected.cause', async ({ pipeline, expected, says }) => {
    const diagnosis = await foundOut(`${pipeline}-1`, expected.cause);
    expect(diagnosis).toMatchObject(expected);
    expect(diagnosis.message).toContain(says);
    expect(diagnosis.whatToTry.length).toBeGreaterThan(0);
    expect(diagnosis.unreadable).toEqual([]);
  });

  test('a pod that security rules keep out, and one that exceeds the quota', async () => {
    const rule = 'pod-security.kubernetes.io/enforce';
    await world.team.kubectl.run('label', 'namespace', world.namespace, `${rule}=restricted`);
    await start('hello', 'kept-out');
    expect((await foundOut('kept-out', 'Admission')).message).toContain('violates PodSecurity');
    await world.team.kubectl.run('label', 'namespace', world.namespace, `${rule}-`);
    await world.team.kubectl.run('create', 'quota', 'none', '--hard=pods=0');
    await start('hello', 'over-quota');
    expect((await foundOut('over-quota', 'Quota')).message).toContain('exceeded quota');
  });
});
