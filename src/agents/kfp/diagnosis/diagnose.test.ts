import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { KfpNode, KfpPod, KfpRunFacts } from '../../../backends/kfp/kfp-facts.ts';
import type { KfpRun, KfpTask } from '../../../backends/kfp/kfp-objects.ts';
import { KfpRefusedError } from '../../../backends/kfp/kfp-refused-error.ts';
import { parseWorkflow } from '../../../backends/kfp/parse-workflow.ts';
import { FakeClock } from '../../../testing/fake-clock.ts';
import { FakeKfp } from '../../../testing/fake-kfp.ts';
import { toolContext } from '../../../testing/tool-context.ts';
import { diagnose } from './diagnose.ts';
import { gatherFacts } from './facts.ts';

/** Workflows as Argo 4.0.5 wrote them for runs of Kubeflow Pipelines 2.17.0; inputs and storage settings left out. */
const recorded = JSON.parse(readFileSync(new URL('./recorded/workflows.json', import.meta.url), 'utf8')) as Readonly<
  Record<'failed' | 'terminated' | 'withoutPods', unknown>
>;

interface Scene {
  readonly state?: KfpRun['state'];
  readonly run?: Partial<KfpRun>;
  readonly workflow?: unknown;
  readonly node?: Partial<KfpNode>;
  readonly pod?: Partial<KfpPod>;
  readonly event?: string;
  readonly log?: string;
  readonly tasks?: readonly KfpTask[];
  readonly unreadable?: readonly string[];
}

function aTask(task: Partial<KfpTask> & Pick<KfpTask, 'name' | 'state'>): KfpTask {
  return { displayName: task.name, isCached: false, attempts: 1, after: [], ...task };
}

const trainFailed = [aTask({ name: 'prepare', state: 'Succeeded' }), aTask({ name: 'train', state: 'Failed' })];

function aNode(node: Partial<KfpNode>): KfpNode {
  return {
    id: 'w-1',
    path: 'w(0).root(0).train(0).executor(0)',
    type: 'Pod',
    templateName: 'system-container-impl',
    phase: 'Failed',
    message: '',
    task: 'train',
    role: 'executor',
    attempt: 0,
    depth: 4,
    podName: 'w-system-container-impl-1',
    isCached: false,
    ...node,
  };
}

function aPod(pod: Partial<KfpPod>): KfpPod {
  return {
    name: 'w-system-container-impl-1',
    task: 'train',
    role: 'executor',
    phase: 'Failed',
    reason: '',
    message: '',
    createdAt: '2026-03-10T08:00:00Z',
    conditions: [],
    containers: [],
    ...pod,
  };
}

function aContainer(part: Partial<KfpPod['containers'][number]>) {
  return { name: 'main', isInit: false, image: 'python:3.11-slim', restartCount: 0, ...part };
}

function factsOf({ workflow, node, pod, event, unreadable = [] }: Scene): KfpRunFacts {
  const workflows = workflow === undefined ? [] : [parseWorkflow(workflow)];
  const failed = ({ type, phase }: KfpNode) => type === 'Pod' && (phase === 'Failed' || phase === 'Error');
  const found = workflows.flatMap(({ nodes }) => nodes.filter(failed)).toSorted((one, two) => two.depth - one.depth);
  const about = { objectKind: 'Pod', objectName: 'w-1', type: 'Warning', reason: 'Failed', at: '', count: 3 };
  return {
    workflows,
    failures: node ? [aNode(node)] : found,
    pods: pod ? [aPod(pod)] : [],
    events: event === undefined ? [] : [{ ...about, message: event }],
    unreadable,
  };
}

async function diagnosisOf(scene: Scene) {
  const clock = new FakeClock('2026-03-10T09:00:00Z');
  const kfp = new FakeKfp({ clock });
  const { state = 'Failed', tasks = trainFailed, log } = scene;
  const text = { kind: 'text', podName: 'p', source: 'pod', isCut: false } as const;
  const logs = log === undefined ? [] : ['train', 'explode'].map((task) => ({ ...text, task, text: log }));
  const run = kfp.addRun({ name: 'exp-12', state, ...scene.run }, { tasks, facts: factsOf(scene), logs });
  return diagnose(await gatherFacts(kfp, run, toolContext({ clock })));
}

const traceback = 'Traceback (most recent call last):\n  File "train.py", line 8, in fit\nValueError: no rows\n';

describe('the diagnosis of recorded Workflows', () => {
  test('a program that failed', async () => {
    const tasks = [
      aTask({ name: 'prepare', state: 'Succeeded' }),
      aTask({ name: 'explode', state: 'Failed', attempts: 2 }),
      aTask({ name: 'publish', state: 'Omitted' }),
    ];
    const log =
      'Traceback (most recent call last):\n  File "e.py", line 8, in explode\nValueError: column "label" is missing\n';
    expect(await diagnosisOf({ workflow: recorded.failed, tasks, log })).toMatchObject({
      cause: 'UserException',
      task: 'explode',
      exitCode: 1,
      attempts: 2,
      message: 'main: Error (exit code 1)',
      logLine: 'ValueError: column "label" is missing',
      omittedTasks: ['publish'],
      otherFailedTasks: [],
    });
  });

  test('a ServiceAccount that does not exist, so that no pod could be created', async () => {
    expect(await diagnosisOf({ workflow: recorded.withoutPods, tasks: [] })).toMatchObject({
      cause: 'NotFound',
      message: expect.stringContaining('serviceaccount "no-such-account" not found') as string,
    });
  });

  test('a run that was stopped is not taken for one that took too long', async () => {
    const tasks = [aTask({ name: 'greet', state: 'Omitted' })];
    const stopped = await diagnosisOf({ workflow: recorded.terminated, state: 'Cancelled', tasks });
    expect(stopped).toMatchObject({ cause: 'Cancelled', message: 'The run was stopped on request.' });
  });

  test('the same Workflow, when nobody asked for its end, took too long', async () => {
    const late = await diagnosisOf({
      workflow: recorded.terminated,
      tasks: [aTask({ name: 'greet', state: 'Failed' })],
    });
    expect(late).toMatchObject({ cause: 'Timeout', task: 'greet (while it was prepared)' });
  });
});

describe('the class of the cause', () => {
  const oom = aContainer({ terminated: { exitCode: 137, reason: 'OOMKilled', message: '' } });
  const pulling = aContainer({ waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "nope:1"' } });
  const unplaced = {
    type: 'PodScheduled',
    status: 'False',
    reason: 'Unschedulable',
    message: '0/3 nodes are available',
  };
  test.each<readonly [string, Scene, string]>([
    ['an exception', { node: { exitCode: 1, message: 'main: Error (exit code 1)' }, log: traceback }, 'UserException'],
    ['an exit code without log', { node: { exitCode: 3, message: 'main: Error (exit code 3)' } }, 'UserException'],
    ['memory, told by the pod', { node: { exitCode: 137 }, pod: { containers: [oom] } }, 'OutOfMemory'],
    ['memory, told by Argo', { node: { message: 'OOMKilled (exit code 137)', exitCode: 137 } }, 'OutOfMemory'],
    [
      'memory of the GPU',
      { node: { exitCode: 1 }, log: 'torch.cuda.OutOfMemoryError: CUDA out of memory.' },
      'OutOfMemory',
    ],
    ['memory, told by Python', { node: { exitCode: 1 }, log: 'MemoryError: 2 GiB' }, 'OutOfMemory'],
    ['an image, told by the pod', { state: 'Running', pod: { phase: 'Pending', containers: [pulling] } }, 'ImagePull'],
    [
      'an image, told by Argo',
      { node: { phase: 'Error', message: 'ImagePullBackOff: Back-off pulling image' } },
      'ImagePull',
    ],
    ['an image without proper name', { node: { message: 'InvalidImageName: bad' } }, 'ImagePull'],
    ['a quota', { node: { phase: 'Error', message: 'pods "w-1" is forbidden: exceeded quota: team' } }, 'Quota'],
    [
      'a quota, told by events while it waits',
      { state: 'Running', event: 'pods "w-1" is forbidden: exceeded quota' },
      'Quota',
    ],
    [
      'an admission rule',
      { node: { message: 'pods "w" is forbidden: violates PodSecurity "restricted"' } },
      'Admission',
    ],
    [
      'no node, told by the pod',
      { state: 'Running', pod: { phase: 'Pending', conditions: [unplaced] } },
      'Unschedulable',
    ],
    [
      'no node, told by Argo',
      { node: { message: 'Unschedulable: 0/3 nodes are available: 3 Insufficient cpu.' } },
      'Unschedulable',
    ],
    ['an eviction', { node: { message: '' }, pod: { reason: 'Evicted', message: 'low on memory' } }, 'Evicted'],
    ['a missing secret', { node: { message: 'secret "s3" not found' } }, 'Configuration'],
    ['too long a step', { node: { message: 'Step exceeded its deadline' } }, 'Timeout'],
    [
      'too long a pod',
      { node: { message: 'Pod was active on the node longer than the specified deadline' } },
      'Timeout',
    ],
    [
      'a parameter that the driver misses',
      { node: { role: 'driver', exitCode: 1 }, log: 'driver failed: Error: missing input parameter "epochs"' },
      'MissingParameter',
    ],
    [
      'an output that the driver misses',
      {
        node: { role: 'driver', exitCode: 1 },
        log: 'Error: failed to resolve inputs: producer task "prepare" has no output',
      },
      'UpstreamFailure',
    ],
    ['a driver that says nothing known', { node: { role: 'driver', exitCode: 1 }, log: 'boom' }, 'Unknown'],
    [
      'an exception where no Workflow can be read',
      { log: traceback, unreadable: ['Workflows: forbidden'] },
      'UserException',
    ],
    [
      'the whole run, refused by Kubeflow Pipelines',
      { run: { error: 'pods is forbidden: exceeded quota' }, tasks: [] },
      'Quota',
    ],
    ['nothing at all', { tasks: [] }, 'Unknown'],
    ['a run that succeeded', { state: 'Succeeded', tasks: [] }, 'None'],
    ['a run that goes on', { state: 'Running', tasks: [aTask({ name: 'train', state: 'Running' })] }, 'None'],
    [
      'a run that was just created',
      { state: 'Pending', tasks: [], run: { createdAt: '2026-03-10T08:59:00Z' } },
      'None',
    ],
    ['a run that Argo ignores', { state: 'Pending', tasks: [], run: { createdAt: '2026-03-10T08:00:00Z' } }, 'Unknown'],
  ])('%s', async (_name, scene, cause) => {
    const diagnosis = await diagnosisOf(scene);
    expect(diagnosis.cause).toBe(cause);
    if (cause !== 'None') expect(diagnosis.whatToTry.length).toBeGreaterThan(0);
  });

  test('a pod that Argo may not create yet, while the run goes on', async () => {
    const message = 'pods "w-1" is forbidden: exceeded quota: gpu, requested: 1, used: 4, limited: 4';
    const nodes = {
      n: { id: 'w-1', name: 'w(0).root(0).train(0).executor(0)', type: 'Pod', phase: 'Pending', message },
    };
    const workflow = { metadata: { name: 'w' }, status: { phase: 'Running', nodes } };
    const tasks = [aTask({ name: 'train', state: 'Running' })];
    expect(await diagnosisOf({ state: 'Running', workflow, tasks })).toMatchObject({
      cause: 'Quota',
      task: 'train',
      message,
    });
  });

  test('an attempt that failed before another one succeeded is history', async () => {
    const tasks = [
      aTask({ name: 'train', state: 'Succeeded', attempts: 2 }),
      aTask({ name: 'evaluate', state: 'Running' }),
    ];
    const node = { exitCode: 1, message: 'main: Error (exit code 1)' };
    expect(await diagnosisOf({ state: 'Running', node, tasks })).toMatchObject({ cause: 'None' });
  });

  test('of a failed group the task inside it is named', async () => {
    const tasks = [aTask({ name: 'loop', state: 'Failed' }), aTask({ name: 'fit', parent: 'loop', state: 'Failed' })];
    const diagnosis = await diagnosisOf({ tasks, unreadable: ['Workflows: forbidden'] });
    expect(diagnosis).toMatchObject({ cause: 'Unknown', task: 'fit', otherFailedTasks: [] });
  });

  test('what could not be read is said, and a log that is refused does not hide the rest', async () => {
    const clock = new FakeClock('2026-03-10T09:00:00Z');
    const kfp = new FakeKfp({ clock });
    const facts = factsOf({ node: { exitCode: 137, message: 'OOMKilled (exit code 137)' }, unreadable: ['Events'] });
    const run = kfp.addRun({ name: 'exp-12', state: 'Failed' }, { tasks: trainFailed, facts });
    kfp.readLogs = () => Promise.reject(new KfpRefusedError('Forbidden', 'no pods/log'));
    expect(diagnose(await gatherFacts(kfp, run, toolContext({ clock })))).toMatchObject({
      cause: 'OutOfMemory',
      exitCode: 137,
      logTail: [],
      unreadable: ['Events', 'log of train: no pods/log'],
    });
  });

  test('log and events are bounded and cleaned', async () => {
    const log = `${'\u001b[31mnoise\u001b[0m\n'.repeat(5_000)}ValueError: end\n`;
    const diagnosis = await diagnosisOf({ node: { exitCode: 1 }, log, event: `x${'y'.repeat(5_000)}\u0007` });
    expect(JSON.stringify(diagnosis).length).toBeLessThan(6_000);
    expect(JSON.stringify(diagnosis)).not.toContain('\\u001b');
    expect(diagnosis.logTail.at(-1)).toBe('ValueError: end');
    expect(diagnosis.events[0]).toContain('(3 times)');
  });
});
