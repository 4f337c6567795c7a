import { describe, expect, test } from 'vitest';
import { parsePod } from '../../../backends/tekton/parse-pod.ts';
import { parseRun } from '../../../backends/tekton/parse-run.ts';
import { parseTaskRun } from '../../../backends/tekton/parse-task-run.ts';
import { recordedObjects } from '../../../backends/tekton/recorded/recorded-objects.ts';
import { FakeTekton } from '../../../testing/fake-tekton.ts';
import { aTektonRun } from '../../../testing/tekton-builders.ts';
import { toolContext } from '../../../testing/tool-context.ts';
import { TektonRefusedError } from '../../../backends/tekton/tekton-refused-error.ts';
import { diagnose } from './diagnose.ts';
import { gatherFacts } from './facts.ts';

const namespace = 'team-a';
const recorded = recordedObjects;

interface Scene {
  readonly run: object;
  readonly taskRun?: object;
  readonly pod?: object;
  readonly log?: string;
}

const running = {
  ...recorded.failedRun,
  status: {
    startTime: '2026-01-01T00:00:00Z',
    conditions: [{ type: 'Succeeded', status: 'Unknown', reason: 'Running' }],
  },
};

async function diagnosisOf({ run: runObject, taskRun, pod, log }: Scene) {
  const tekton = new FakeTekton();
  const run = tekton.addRun(namespace, parseRun(runObject));
  if (taskRun) {
    const parsed = parseTaskRun(taskRun);
    tekton.setTaskRuns(namespace, run.name, [parsed]);
    const podName = parsed.podName ?? '';
    if (pod) tekton.addPod(namespace, parsePod(pod));
    if (log !== undefined) {
      tekton.setLog(namespace, { pod: podName, container: parsed.steps[0]?.container ?? '' }, log);
    }
  }
  return diagnose(await gatherFacts(tekton, run, toolContext({ namespace })));
}

describe('the diagnosis of recorded troubles', () => {
  test.each([
    {
      trouble: 'a program that failed',
      scene: {
        run: recorded.failedRun,
        taskRun: recorded.failedTaskRun,
        pod: recorded.failedPod,
        log: 'reading\nDataError: column "churn_label" is not in churn.csv\n    at read (a.mjs:1:1)\n',
      },
      expected: {
        cause: 'UserException',
        task: 'check',
        step: 'read-data',
        exitCode: 3,
        logLine: 'DataError: column "churn_label" is not in churn.csv',
      },
    },
    {
      trouble: 'too little memory',
      scene: { run: recorded.failedRun, taskRun: recorded.outOfMemoryTaskRun, pod: recorded.outOfMemoryPod },
      expected: { cause: 'OutOfMemory', task: 'allocate', step: 'allocate', exitCode: 255 },
    },
    {
      trouble: 'an image that cannot be pulled, its pod deleted by Tekton',
      scene: { run: recorded.failedRun, taskRun: recorded.imagePullTaskRun },
      expected: { cause: 'ImagePull', task: 'pull', message: expect.stringContaining('registry.invalid') as string },
    },
    {
      trouble: 'a request that no node can serve, while the run still waits',
      scene: { run: running, taskRun: recorded.unplacedTaskRun, pod: recorded.unplacedPod },
      expected: {
        cause: 'Unschedulable',
        task: 'place',
        message: expect.stringContaining('Insufficient memory') as string,
      },
    },
    {
      trouble: 'a secret that does not exist',
      scene: { run: recorded.failedRun, taskRun: recorded.missingSecretTaskRun, pod: recorded.missingSecretPod },
      expected: { cause: 'Configuration', message: 'secret "no-such-secret" not found' },
    },
    {
      trouble: 'a task that took too long',
      scene: { run: recorded.failedRun, taskRun: recorded.timedOutTaskRun },
      expected: { cause: 'Timeout', task: 'dawdle', message: expect.stringContaining('within "5s"') as string },
    },
    {
      trouble: 'a quota that is used up, while the run still waits',
      scene: { run: running, taskRun: recorded.overQuotaTaskRun },
      expected: { cause: 'Quota', message: expect.stringContaining('exceeded quota') as string },
    },
    {
      trouble: 'a pod that is not admitted',
      scene: { run: recorded.failedRun, taskRun: recorded.notAdmittedTaskRun },
      expected: { cause: 'Admission', message: expect.stringContaining('violates PodSecurity') as string },
    },
    {
      trouble: 'a task that does not exist',
      scene: { run: recorded.missingTaskRun },
      expected: { cause: 'NotFound', message: expect.stringContaining('no-such-task') as string },
    },
    {
      trouble: 'a pipeline that does not exist',
      scene: { run: recorded.missingPipelineRun },
      expected: { cause: 'NotFound', message: expect.stringContaining('no-such-pipeline') as string },
    },
    {
      trouble: 'a parameter that was not given',
      scene: { run: recorded.missingParameterRun },
      expected: { cause: 'MissingParameter', message: expect.stringContaining('[dataset]') as string },
    },
    {
      trouble: 'a result that an earlier task did not give',
      scene: { run: recorded.missingResultRun, taskRun: recorded.missingResultTaskRun },
      expected: { cause: 'UpstreamFailure', message: expect.stringContaining('"accuracy"') as string },
    },
    { trouble: 'none', scene: { run: recorded.trainedRun }, expected: { cause: 'None', whatToTry: [] } },
  ])('$trouble', async ({ scene, expected }) => {
    const diagnosis = await diagnosisOf(scene);
    expect(diagnosis).toMatchObject(expected);
    if (diagnosis.cause !== 'None') expect(diagnosis.whatToTry.length).toBeGreaterThan(0);
  });

  test.each([
    { reason: 'Cancelled', state: 'Cancelled', expected: 'Cancelled' },
    { reason: 'PipelineRunTimeout', state: 'Failed', expected: 'Timeout' },
    { reason: 'SomethingNew', state: 'Failed', expected: 'Unknown' },
    { reason: 'Running', state: 'Running', expected: 'None' },
  ] as const)('a run of which only $reason is known: $expected', async ({ reason, state, expected }) => {
    const tekton = new FakeTekton();
    const run = tekton.addRun(namespace, aTektonRun({ name: 'r', state, reason }));
    expect(diagnose(await gatherFacts(tekton, run, toolContext({ namespace }))).cause).toBe(expected);
  });

  test('of several failed tasks the one that failed first is explained, the others are named', async () => {
    const tekton = new FakeTekton();
    const run = tekton.addRun(namespace, aTektonRun({ name: 'r', state: 'Failed', reason: 'Failed' }));
    const failed = { state: 'Failed', reason: 'StepFailed' } as const;
    tekton.setTaskRuns(namespace, 'r', [
      { name: 'r-late', task: 'late', ...failed, finishedAt: '2026-01-01T00:09:00Z' },
      { name: 'r-early', task: 'early', ...failed, finishedAt: '2026-01-01T00:01:00Z' },
    ]);
    const diagnosis = diagnose(await gatherFacts(tekton, run, toolContext({ namespace })));
    expect(diagnosis).toMatchObject({ task: 'early', otherFailedTasks: ['late'] });
  });

  test('an account that may not read events still gets a diagnosis, which says so', async () => {
    const tekton = new FakeTekton();
    const run = tekton.addRun(namespace, parseRun(recorded.failedRun));
    tekton.setTaskRuns(namespace, run.name, [parseTaskRun(recorded.failedTaskRun)]);
    tekton.listEvents = () => Promise.reject(new TektonRefusedError('Forbidden', 'no'));
    const diagnosis = diagnose(await gatherFacts(tekton, run, toolContext({ namespace })));
    expect(diagnosis).toMatchObject({ cause: 'UserException', unreadable: ['events'], events: [] });
  });
});
