import { describe, expect, test } from 'vitest';
import { KubeApiError } from '../../kube/errors.ts';
import type { KubeObject, ResourceType } from '../../kube/kube-client.ts';
import { resourceTypes } from '../../kube/resource-types.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { FakeKfpServer, workflowType } from '../../testing/fake-kfp-server.ts';
import { FakeKube } from '../../testing/fake-kube.ts';
import { createKfpClient } from './create-kfp-client.ts';
import type { KfpObjectReader } from './kfp-settings.ts';
import {
  recordedAnswers,
  recordedRuns as runs,
  recordedSpecifications as specifications,
  recordedWorkflows as workflows,
} from './recorded/recorded-kfp.ts';
import { createSubmissionMemory } from './submission-memory.ts';

const options = { signal: new AbortController().signal };
const namespace = 'kubeflow';
const impersonate = 'system:serviceaccount:team-a:swarm-runner';

interface Prepared {
  readonly run: Readonly<Record<string, unknown>> & { readonly run_id: string };
  readonly specification?: unknown;
  readonly workflows?: readonly KubeObject[];
  readonly pods?: readonly KubeObject[];
  readonly objects?: Readonly<Record<string, string>>;
  readonly withoutCluster?: boolean;
}

/** A run as KFP, Argo and the API server show it. */
async function createWorld(prepared: Prepared) {
  const clock = new FakeClock('2026-11-25T10:00:00Z');
  const kube = new FakeKube({ clock });
  const server = new FakeKfpServer({ kube, clock });
  server.on(`GET /runs/${prepared.run.run_id}`, { body: prepared.run });
  const reference = prepared.run['pipeline_version_reference'] as { pipeline_id: string; pipeline_version_id: string };
  const versions = `GET /pipelines/${reference.pipeline_id}/versions`;
  const version = { ...reference, name: 'v1', pipeline_spec: prepared.specification };
  server.on(versions, { body: {} });
  server.on(`${versions}/${reference.pipeline_version_id}`, { body: version });
  server.on(`GET /pipelines/${reference.pipeline_id}`, { body: { pipeline_id: reference.pipeline_id, name: 'churn' } });
  server.on(`GET /experiments/${String(prepared.run['experiment_id'])}`, {
    body: { experiment_id: 'e', display_name: 'lists' },
  });
  const labels = { 'pipeline/runid': prepared.run.run_id };
  const place = async (type: ResourceType, object: KubeObject) => {
    await kube.create(type, { ...object, metadata: { ...object.metadata, namespace, labels } });
    const { status } = object as { status?: object };
    kube.setStatus(type, { namespace, name: object.metadata.name }, status ?? {});
  };
  for (const workflow of prepared.workflows ?? []) await place(workflowType, workflow);
  for (const pod of prepared.pods ?? []) await place(resourceTypes.pod, pod);
  const objects: KfpObjectReader = {
    size: (uri) => Promise.resolve(prepared.objects?.[uri]?.length),
    read: ({ uri }) =>
      Promise.resolve(
        prepared.objects?.[uri] === undefined ? undefined : new TextEncoder().encode(prepared.objects[uri]),
      ),
  };
  const client = createKfpClient({
    url: 'http://kfp.test',
    namespace,
    fetch: server.fetch,
    clock,
    random: () => 0,
    memory: createSubmissionMemory(clock),
    objects,
    ...(prepared.withoutCluster !== true && { cluster: { kube, impersonate } }),
  });
  return { client, kube, server, id: prepared.run.run_id };
}

const going = (object: KubeObject, name: string): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, name, uid: name },
  ...{ status: { phase: 'Running', nodes: {} } },
});

describe('the state of a run', () => {
  test.each([
    ['pending', runs.pending, 'Pending'],
    ['running', runs.running, 'Running'],
    ['succeeded', runs.succeeded, 'Succeeded'],
    ['failed', runs.failed, 'Failed'],
    ['failed, then retried', runs.retried, 'Running'],
    ['being stopped', runs.canceling, 'Running'],
    ['stopped, which KFP calls FAILED', runs.terminated, 'Cancelled'],
    ['without a word yet', runs.withoutState, 'Pending'],
  ])('%s', async (_what, run, state) => {
    const { client, id } = await createWorld({ run, workflows: [workflows.succeeded] });
    const found = await client.getRun(id, options);
    expect(found).toMatchObject({
      id,
      state,
      experimentName: 'lists',
      pipeline: { pipelineName: 'churn', versionName: 'v1' },
    });
    expect(found?.note).toBeUndefined();
    const hasEnded = state !== 'Pending' && state !== 'Running';
    // KFP says 1970 for a run that has not ended.
    expect(found?.finishedAt === undefined).toBe(!hasEnded);
  });

  test('an end that is stored while another Workflow of the run goes on is no end', async () => {
    const { client, id } = await createWorld({
      run: runs.succeeded,
      workflows: [workflows.succeeded, going(workflows.succeeded, 'second')],
    });
    const found = await client.getRun(id, options);
    expect(found).toMatchObject({ state: 'Running', rawState: 'SUCCEEDED', finishedAt: undefined });
    expect(found?.note).toMatch(/has stored SUCCEEDED, but the run was started 2 times, and second is still going/);
  });

  test('an end that was taken back is said to be', async () => {
    const { client, id } = await createWorld({
      run: runs.goingAgain,
      workflows: [workflows.succeeded, going(workflows.succeeded, 'second')],
    });
    const found = await client.getRun(id, options);
    expect(found).toMatchObject({ state: 'Running' });
    expect(found?.note).toMatch(
      /had stored SUCCEEDED and took it back: the run was started 2 times, and second is still going/,
    );
  });

  test('is what KFP says where Workflows cannot be seen', async () => {
    const world = await createWorld({ run: runs.succeeded, withoutCluster: true });
    await expect(world.client.getRun(world.id, options)).resolves.toMatchObject({ state: 'Succeeded' });
  });

  test('of a run that is not there is undefined, and of no id at all is not even asked for', async () => {
    const { client, server } = await createWorld({ run: runs.succeeded });
    await expect(client.getRun('nope', options)).resolves.toBeUndefined();
    const asked = server.requests.length;
    await expect(client.getRun('../pipelines/x', options)).resolves.toBeUndefined();
    await expect(client.getRun('a,b in (c)', options)).resolves.toBeUndefined();
    expect(server.requests).toHaveLength(asked);
  });
});

describe('the tasks of a run', () => {
  test('come from the Workflow, retries and drivers folded in', async () => {
    const { client, id } = await createWorld({
      run: runs.succeeded,
      specification: specifications.train_and_evaluate,
      workflows: [workflows.succeeded],
    });
    const tasks = await client.listTasks(id, options);
    expect(tasks).toMatchObject([
      {
        name: 'train',
        state: 'Succeeded',
        attempts: 1,
        isCached: false,
        after: [],
        podName: 'train-and-evaluate-mdkxw-system-container-impl-982036430',
      },
      { name: 'evaluate', displayName: 'Evaluate the model', state: 'Succeeded', attempts: 1, after: ['train'] },
    ]);
    expect(Date.parse(tasks[0]?.finishedAt ?? '')).toBeGreaterThan(Date.parse(tasks[0]?.startedAt ?? ''));
  });

  test('show what failed and what was left out, with or without the specification', async () => {
    const prepared = { run: runs.failed, workflows: [workflows.failed] };
    const { client, id } = await createWorld(prepared);
    expect(await client.listTasks(id, options)).toMatchObject([
      { name: 'prepare', state: 'Succeeded', attempts: 1 },
      { name: 'explode', state: 'Failed', attempts: 1, message: 'main: Error (exit code 1)' },
      { name: 'publish', state: 'Omitted', attempts: 0 },
    ]);
  });

  test('a driver that failed fails its task', async () => {
    const { client, id } = await createWorld({ run: runs.terminated, workflows: [workflows.terminated] });
    expect(await client.listTasks(id, options)).toMatchObject([
      { name: 'greet', state: 'Failed', message: 'Step exceeded its deadline' },
    ]);
  });

  test('a cached task did not start a container', async () => {
    const cached = JSON.parse(
      JSON.stringify(workflows.succeeded).replaceAll(/("name": ?"cached-decision", ?"value": ?)"false"/g, '$1"true"'),
    ) as KubeObject;
    const { client, id } = await createWorld({ run: runs.succeeded, workflows: [cached] });
    expect((await client.listTasks(id, options)).map(({ isCached }) => isCached)).toEqual([true, true]);
  });

  test('come from KFP itself where Workflows cannot be seen', async () => {
    const { client, id } = await createWorld({
      run: runs.branches,
      specification: specifications.branches_and_loops,
      withoutCluster: true,
    });
    const tasks = await client.listTasks(id, options);
    expect(tasks.find(({ name }) => name === 'flip')).toMatchObject({ state: 'Succeeded', parent: 'exit-handler-1' });
    expect(tasks.find(({ name }) => name === 'for-loop-3')).toMatchObject({ state: 'Succeeded' });
    expect(tasks).toHaveLength(9);
  });

  test('of a running run: what has not begun is pending, and a time of year 1 is none', async () => {
    const { client, id } = await createWorld({
      run: runs.running,
      specification: specifications.train_and_evaluate,
      withoutCluster: true,
    });
    const [train, evaluate] = await client.listTasks(id, options);
    expect(train).toMatchObject({ name: 'train', state: 'Succeeded' });
    expect(evaluate).toMatchObject({ name: 'evaluate', state: 'Pending' });
    expect(evaluate).not.toHaveProperty('startedAt');
  });

  test('without specification and Workflow are guessed from their names', async () => {
    const { client, id } = await createWorld({ run: runs.succeeded, withoutCluster: true });
    expect((await client.listTasks(id, options)).map(({ name }) => name)).toEqual(['train', 'evaluate']);
  });
});

const failedPod = 'always-fails-l59ds-system-container-impl-3723643868';
const pod = (name: string, node: string, status: object): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...{ annotations: { 'workflows.argoproj.io/node-name': node } } },
  ...{ status },
});
const oomKilled = pod(failedPod, 'always-fails-l59ds(0).root(0).explode(0).executor(0)', {
  phase: 'Failed',
  containerStatuses: [
    { name: 'main', image: 'python:3.11-slim', state: { terminated: { exitCode: 137, reason: 'OOMKilled' } } },
  ],
});

describe('the facts about a failure', () => {
  test('the deepest failed pod comes first, whatever the Workflow says', async () => {
    const { client, id } = await createWorld({ run: runs.failed, workflows: [workflows.failed], pods: [oomKilled] });
    const facts = await client.collectFacts(id, options);
    expect(facts.workflows).toMatchObject([{ name: 'always-fails-l59ds', phase: 'Failed', message: '' }]);
    expect(facts.failures).toMatchObject([
      {
        task: 'explode',
        role: 'executor',
        attempt: 0,
        exitCode: 1,
        podName: failedPod,
        message: 'main: Error (exit code 1)',
      },
    ]);
    expect(facts.pods).toMatchObject([
      {
        name: failedPod,
        task: 'explode',
        role: 'executor',
        containers: [{ name: 'main', terminated: { exitCode: 137, reason: 'OOMKilled' } }],
      },
    ]);
    expect(facts.unreadable).toEqual([]);
  });

  test('pods that could not be made are failures too', async () => {
    const { client, id } = await createWorld({ run: runs.failed, workflows: [workflows.withoutPods] });
    const { failures } = await client.collectFacts(id, options);
    expect(failures[0]).toMatchObject({ task: '', role: 'driver' });
    expect(failures[0]?.message).toMatch(/serviceaccount "no-such-account" not found/);
  });

  test('Events of the pods are read, oldest first', async () => {
    const world = await createWorld({ run: runs.failed, workflows: [workflows.failed], pods: [oomKilled] });
    const type = { group: '', version: 'v1', plural: 'events', kind: 'Event', namespaced: true };
    for (const [index, reason] of ['BackOff', 'Scheduled'].entries()) {
      await world.kube.create(type, {
        metadata: { name: `event-${index}`, namespace },
        ...{
          involvedObject: { kind: 'Pod', name: failedPod },
          reason,
          type: 'Warning',
          message: 'm',
          lastTimestamp: `2026-11-25T10:0${5 - index}:00Z`,
        },
      });
    }
    const { events } = await world.client.collectFacts(world.id, options);
    expect(events.map(({ reason }) => reason)).toEqual(['Scheduled', 'BackOff']);
  });

  test('everything is asked as the run-as account, and a missing right is told', async () => {
    const world = await createWorld({ run: runs.failed, workflows: [workflows.failed] });
    const denied = new KubeApiError({ status: 403, reason: 'Forbidden', message: 'workflows is forbidden' });
    world.kube.fail({ matches: ({ plural }) => plural === 'workflows', error: denied });
    const facts = await world.client.collectFacts(world.id, options);
    expect(facts.unreadable).toEqual(['The ServiceAccount may not read Workflows: workflows is forbidden']);
    const asked = world.kube.requests.filter(({ verb }) => verb === 'list');
    expect(asked.every((request) => request.impersonate === impersonate)).toBe(true);
  });

  test('an API server in trouble is no missing right', async () => {
    const world = await createWorld({ run: runs.failed });
    const down = new KubeApiError({ status: 503, reason: 'ServiceUnavailable', message: 'down', retryAfterMs: 2_000 });
    world.kube.fail({ matches: ({ plural }) => plural === 'workflows', error: down });
    await expect(world.client.collectFacts(world.id, options)).rejects.toMatchObject({
      name: 'RetryableError',
      retryAfterMs: 2_000,
    });
  });

  test('nothing is shown of a run that KFP does not show', async () => {
    const world = await createWorld({ run: runs.failed, workflows: [workflows.failed] });
    world.server.on(`GET /runs/${world.id}`, { status: 403, body: recordedAnswers.forbidden.body });
    await expect(world.client.collectFacts(world.id, options)).rejects.toMatchObject({ code: 'Forbidden' });
    await expect(world.client.readLogs({ runId: world.id, tailLines: 5 }, options)).rejects.toMatchObject({
      code: 'Forbidden',
    });
    await expect(world.client.listArtifacts(world.id, options)).rejects.toMatchObject({ code: 'Forbidden' });
    expect(world.kube.requests.filter(({ verb }) => verb === 'list')).toEqual([]);
  });
});

describe('the logs of a run', () => {
  const archive =
    's3://mlpipeline/private-artifacts/kubeflow/always-fails-l59ds/2026/11/23/always-fails-l59ds-system-container-impl-3723643868/main.log';

  test('come from the pods while they are there, cut to the end', async () => {
    const world = await createWorld({ run: runs.failed, workflows: [workflows.failed], pods: [oomKilled] });
    world.kube.setLogs({ namespace, name: failedPod }, 'main', 'one\ntwo\nthree');
    const logs = await world.client.readLogs({ runId: world.id, task: 'explode', tailLines: 2 }, options);
    expect(logs).toEqual([
      { kind: 'text', task: 'explode', podName: failedPod, source: 'pod', text: 'two\nthree', isCut: true },
    ]);
  });

  test('come from the archive when the pods are gone', async () => {
    const { client, id } = await createWorld({
      run: runs.failed,
      workflows: [workflows.failed],
      objects: { [archive]: 'Traceback\nValueError: no label\n' },
    });
    const logs = await client.readLogs({ runId: id, task: 'explode', tailLines: 50 }, options);
    expect(logs).toMatchObject([{ source: 'archive', text: 'Traceback\nValueError: no label', isCut: false }]);
  });

  test('come from KFP when there is no archive at hand, and an error in place of a log is no log', async () => {
    const { client, server, id } = await createWorld({ run: runs.failed, workflows: [workflows.failed] });
    const route = (node: string) => `GET /apis/v1alpha1/runs/${id}/nodes/${node}/log`;
    server.on(route('always-fails-l59ds-3723643868'), { contentType: 'text/plain', body: 'ValueError: no label\n' });
    server.on(route('always-fails-l59ds-35337986'), {
      contentType: 'text/plain',
      body: recordedAnswers.logOfUnknownNode.body,
    });
    const logs = await client.readLogs({ runId: id, tailLines: 50 }, options);
    expect(logs).toMatchObject([
      { kind: 'unavailable', task: 'prepare' },
      { kind: 'text', task: 'explode', source: 'archive', text: 'ValueError: no label' },
    ]);
  });

  test('of a driver that failed are shown, as it has no container of its own', async () => {
    const { client, id } = await createWorld({ run: runs.failed, workflows: [workflows.withoutPods] });
    const logs = await client.readLogs({ runId: id, tailLines: 50 }, options);
    expect(logs.length).toBeGreaterThan(0);
    expect(logs[0]).toMatchObject({ kind: 'unavailable', task: '' });
  });
});
