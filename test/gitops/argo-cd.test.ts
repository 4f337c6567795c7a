import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Turn } from '../../src/api/turn.ts';
import { OperatorUnderTest } from '../support/operator-under-test.ts';
import { projectRoot, testCluster } from '../support/test-cluster.ts';
import { blocksOf } from '../e2e/docs/blocks.ts';
import { Story } from '../e2e/story.ts';
import { type ArgoCd } from './argo-cd.ts';
import { Delivery } from './delivery.ts';

const apiVersion = 'swarm.mlops.dev/v1alpha1';
const conversation = (name: string, ...texts: readonly string[]) => ({
  apiVersion,
  kind: 'Conversation',
  metadata: { name },
  spec: { messages: texts.map((text) => ({ text })) },
});
const intent = (name: string, spec: object, annotations: object = {}) => ({
  apiVersion,
  kind: 'Intent',
  metadata: { name, annotations },
  spec: { approval: 'Never', ...spec },
});
const settings = (name: string, data: Record<string, string> = {}, annotations: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, annotations },
  data,
});
const wave = (number: number) => ({ 'argocd.argoproj.io/sync-wave': `${number}` });
const preSync = { 'argocd.argoproj.io/hook': 'PreSync' };
const sleepFor = (seconds: number) => `Run the pipeline sleepy with seconds ${seconds}.`;

describe('Argo CD', () => {
  const cluster = testCluster();
  let operator: OperatorUnderTest;
  let story: Story;
  let delivery: Delivery;
  let carol: ArgoCd;
  let mallory: ArgoCd;

  beforeAll(async () => {
    story = await Story.begin(cluster, 'gitops', () => operator.tail());
    operator = await OperatorUnderTest.start(cluster, { namespace: story.namespace });
    delivery = await Delivery.begin(cluster, story);
    carol = await delivery.argo.as('carol');
    mallory = await delivery.argo.as('mallory');
  });

  afterAll(async () => {
    await delivery.end();
    await story.end();
    await operator.stop();
  });

  const turnsOf = async (owner: string) => (await story.turns()).filter(({ spec }) => spec.owner.name === owner);
  const exists = (kind: string, name: string) => story.kubectl.exists(kind, name);

  const isCancelled = (run: { spec: { status?: string } } | undefined) =>
    run?.spec.status?.startsWith('Cancelled') === true;

  /** A Turn as `kubectl swarm chat` makes it. */
  async function chat(name: string, text: string): Promise<Turn> {
    const { metadata } = await story.conversation(name);
    const turn = `${name}-${Math.floor(performance.now())}`;
    const owner = { kind: 'Conversation', name, uid: metadata.uid };
    await story.kubectl.apply({
      apiVersion,
      kind: 'Turn',
      metadata: {
        name: turn,
        labels: { 'swarm.mlops.dev/conversation': name },
        ownerReferences: [{ apiVersion, ...owner, controller: true }],
      },
      spec: { owner, text },
    });
    await story.kubectl.run('wait', '--for=condition=Finished', `turn/${turn}`, '--timeout=60s');
    return story.kubectl.get<Turn>('turn', turn);
  }

  it('syncs a conversation and stays as it is while people chat in it', async () => {
    const deployment = await delivery.deploy('chat', {
      report: conversation('report', 'Which pipelines can I run?'),
    });
    await deployment.healthy();
    const { metadata } = await story.conversation('report');
    const seen = new Set<string>();

    for (const text of ['Which pipelines can I run?', 'Hello', 'Show me the runs.', 'Hello again']) {
      const turn = await chat('report', text);
      expect(turn.status?.phase).toBe('Succeeded');
      await deployment.refresh();
      seen.add((await deployment.healthy()).status?.sync?.status ?? '');
      seen.add((await deployment.resource('Conversation', 'report'))?.status ?? '');
    }

    expect([...seen]).toEqual(['Synced']);
    expect((await deployment.application()).status?.history).toHaveLength(1);
    expect(await turnsOf('report')).toHaveLength(5);
    expect((await story.conversation('report')).metadata.generation).toBe(metadata.generation);
  });

  it('shows turns and runs below their owner, and takes none of them for its own', async () => {
    const deployment = await delivery.deploy('tree', { train: intent('train', { request: sleepFor(1) }) });
    await deployment.healthy();
    const [turn] = await turnsOf('train');
    const [run] = await story.pipelineRuns('train');
    const name = (object: { metadata: { name: string } } | undefined) => object?.metadata.name ?? '';

    const nodes = await delivery.argo.tree('tree');
    for (const [kind, child] of [
      ['Turn', name(turn)],
      ['PipelineRun', name(run)],
    ]) {
      const node = nodes.find((candidate) => candidate.kind === kind && candidate.name === child);
      expect(node?.parentRefs).toMatchObject([{ kind: 'Intent', name: 'train' }]);
    }
    expect((await deployment.application()).status?.resources?.map(({ kind }) => kind)).toEqual(['Intent']);
    for (const child of [turn, run] as { metadata: { labels?: object; annotations?: object } }[]) {
      expect(JSON.stringify([child.metadata.labels, child.metadata.annotations])).not.toContain('argocd');
    }
  });

  it('asks a changed message once, and nothing when it is synced again', async () => {
    const first = 'Which pipelines can I run?';
    const deployment = await delivery.deploy('prompt', {
      prompt: conversation('prompt', first),
      request: intent('request', { request: sleepFor(1) }),
    });
    await deployment.healthy();

    await deployment.push({
      prompt: conversation('prompt', 'Show me the newest runs.'),
      request: intent('request', { request: sleepFor(2) }),
    });
    await story.until('both are asked', async () => {
      return (await turnsOf('prompt')).length === 2 && (await turnsOf('request')).length === 2;
    });
    await deployment.healthy();
    const texts = (await turnsOf('prompt')).map(({ spec }) => spec.text);
    expect(texts.sort()).toEqual(['Show me the newest runs.', first]);
    expect((await story.conversation('prompt')).status?.turnCount).toBe(2);

    for (let round = 0; round < 3; round++) {
      const before = (await deployment.application()).status?.history?.length ?? 0;
      await delivery.argo.sync('prompt');
      await deployment.until('is synced once more', ({ status }) => (status?.history?.length ?? 0) > before);
    }
    await deployment.healthy();
    expect(await turnsOf('prompt')).toHaveLength(2);
    expect(await turnsOf('request')).toHaveLength(2);
    expect(await story.pipelineRuns('request')).toHaveLength(2);
  });

  it('waits for a person with the question as its message, and only who may answer can', async () => {
    const deployment = await delivery.deploy('approval', {
      ask: intent('ask', { request: sleepFor(1), approval: 'Required', reuseWithin: '1h' }, wave(0)),
      after: settings('approval-after', {}, wave(1)),
    });
    const ask = deployment.reference('Intent', 'ask');
    const question = await deployment.health(ask, 'Suspended');
    expect(question).toMatch(/^tekton asks to call run_pipeline with \{.*"sleepy".*\}/);
    expect((await deployment.application()).status?.health?.status).toBe('Suspended');

    await expect(mallory.run('approval', { action: 'approve' }, ask)).rejects.toThrow(/403.*permission denied/);
    await expect(carol.run('approval', { action: 'cancel' }, ask)).rejects.toThrow(/403.*permission denied/);
    expect(await story.kubectl.list('approvals')).toEqual([]);
    expect(await exists('configmap', 'approval-after')).toBe(false);

    const enabled = (await carol.actions('approval', ask)).filter(({ disabled }) => disabled !== true);
    expect(enabled.map(({ name }) => name).sort()).toEqual(['approve', 'cancel', 'deny']);
    await carol.run('approval', { action: 'approve' }, ask);
    await deployment.healthy();
    expect(await story.pipelineRuns('ask')).toHaveLength(1);
    expect(await exists('configmap', 'approval-after')).toBe(true);
    await expect(carol.run('approval', { action: 'approve' }, ask)).rejects.toThrow('nothing waits for a person');
  });

  it('hands a denial with its reason to the agent of a conversation', async () => {
    const deployment = await delivery.deploy('denial', { talk: conversation('talk', sleepFor(1)) });
    const talk = deployment.reference('Conversation', 'talk');
    await deployment.health(talk, 'Suspended');
    await carol.run('denial', { action: 'deny', reason: 'not on a Friday' }, talk);
    await story.answer('talk', 0);
    const [turn] = await turnsOf('talk');
    expect(JSON.stringify(turn?.status?.steps)).toContain('not on a Friday');
    expect(await story.pipelineRuns('talk')).toEqual([]);
  });

  it('is degraded by a failed run, says why, and applies no later wave', async () => {
    const deployment = await delivery.deploy('failure', {
      break: intent('break', { request: 'Run the pipeline failing.' }, wave(0)),
      later: settings('failure-later', {}, wave(1)),
    });
    const message = await deployment.health({ kind: 'Intent', name: 'break' }, 'Degraded');
    expect(message).toMatch(/^Run swarm-\S+ of pipeline failing ended as Failed: ./);
    await deployment.until('its sync failed', ({ status }) => status?.operationState?.phase === 'Failed');
    expect((await deployment.application()).status?.health?.status).toBe('Degraded');
    expect(await exists('configmap', 'failure-later')).toBe(false);

    await delivery.argo.run('failure', { action: 'retry' }, deployment.reference('Intent', 'break'));
    await story.until('it runs once more', async () => (await story.pipelineRuns('break')).length === 2);
    await deployment.health({ kind: 'Intent', name: 'break' }, 'Degraded');
  });

  it('cancels what is going on, and self-healing does not take that back', async () => {
    const deployment = await delivery.deploy('cancel', { slow: intent('slow', { request: sleepFor(300) }) });
    const [run] = await story.until('its run has begun', async () => {
      const runs = await story.pipelineRuns('slow');
      return runs.length === 1 && runs;
    });
    await delivery.argo.run('cancel', { action: 'cancel' }, deployment.reference('Intent', 'slow'));
    expect(await deployment.health({ kind: 'Intent', name: 'slow' }, 'Degraded')).toContain('spec.cancel is true');
    await story.until('its run is cancelled', async () => {
      const runs = await story.pipelineRuns('slow');
      return runs.length === 1 && runs[0]?.metadata.name === run?.metadata.name && isCancelled(runs[0]);
    });
    await deployment.refresh();
    await deployment.until('is synced', ({ status }) => status?.sync?.status === 'Synced');
    expect((await story.intent('slow')).spec.cancel).toBe(true);
  });

  it('stops a sync whose hook misses what it expects, and its retries run and pay nothing again', async () => {
    const gate = (value: string) =>
      intent(
        'gate',
        {
          request: sleepFor(1),
          expect: [{ metric: 'slept', operator: '>=', value }],
          reuseWithin: '1h',
        },
        preSync,
      );
    const backoff = { duration: '1s', factor: 1, maxDuration: '10s' };
    const files = { gate: gate('5'), promoted: settings('promoted') };
    const deployment = await delivery.deploy('gate', files, { limit: 5, backoff });

    const first = await story.until('the first try has ended', async () => {
      return (await turnsOf('gate')).find(({ status }) => status?.finishedAt !== undefined);
    });

    const { status } = await deployment.until('gave up', ({ status }) => {
      return status?.operationState?.phase === 'Failed' && status.operationState.retryCount === 5;
    });
    expect(status?.operationState?.message).toContain('retried 5 times');
    expect((await story.intent('gate')).status?.expectations).toMatchObject([{ got: '1', met: false }]);
    expect(await exists('configmap', 'promoted')).toBe(false);
    // The very Turn of the first try: its run and its model calls are those of all tries together.
    expect(await turnsOf('gate')).toMatchObject([
      { metadata: { uid: first.metadata.uid }, status: { usage: first.status?.usage, pipelineRuns: [{}] } },
    ]);

    await deployment.push({ gate: gate('1') });
    await deployment.healthy();
    expect(await exists('configmap', 'promoted')).toBe(true);
    expect((await story.intent('gate')).status?.phase).toBe('Succeeded');
  });

  it('prunes what leaves Git: runs go or stay as the deletion policy says', async () => {
    const deployment = await delivery.deploy('prune', {
      keep: settings('prune-keep'),
      cancels: intent('cancels', { request: sleepFor(300) }),
      orphans: intent('orphans', { request: sleepFor(20), deletionPolicy: 'Orphan' }),
    });
    const started = await story.until('both run', async () => {
      const runs = [...(await story.pipelineRuns('cancels')), ...(await story.pipelineRuns('orphans'))];
      return runs.length === 2 && runs;
    });
    const [cancelled, orphan] = started.map(({ metadata }) => metadata.name);
    await deployment.push({ cancels: undefined, orphans: undefined });
    await story.until('both intents are gone', async () => {
      return !(await exists('intent', 'cancels')) && !(await exists('intent', 'orphans'));
    });

    await story.until('the orphan ends by itself', async () => {
      const run = (await story.pipelineRuns()).find(({ metadata }) => metadata.name === orphan);
      return run?.status?.conditions?.[0]?.status === 'True';
    });
    const left = (await story.pipelineRuns()).find(({ metadata }) => metadata.name === cancelled);
    expect(left === undefined || isCancelled(left)).toBe(true);
    await deployment.healthy();
  });

  it('acts with the rights of the team’s own account', async () => {
    const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'sneaky' }, rules: [] };
    const deployment = await delivery.deploy('rights', { role });
    await deployment.until('is refused', ({ status }) => status?.operationState?.phase === 'Failed');
    const { status } = await deployment.application();
    expect(JSON.stringify(status?.operationState)).toContain(`system:serviceaccount:${story.namespace}:deployer`);
    expect(await exists('role', 'sneaky')).toBe(false);
  });

  it('deploys the example: a gate that trains a model, settings, a conversation', async () => {
    const names = ['1-gate', '2-settings', '3-report'];
    const text = (name: string) => readFileSync(`${projectRoot}/contrib/argocd/example/swarm/${name}.yaml`, 'utf8');
    await story.kubectl.run('delete', 'conversation', 'report', '--ignore-not-found');
    const deployment = await delivery.deploy('example', Object.fromEntries(names.map((name) => [name, text(name)])));
    await deployment.healthy();
    expect((await story.intent('accuracy-gate')).status).toMatchObject({
      phase: 'Succeeded',
      expectations: [{ met: true }],
    });
    expect(await exists('configmap', 'churn-model')).toBe(true);
    expect((await story.conversation('report')).status?.phase).toBe('Idle');
  });

  it('takes every manifest and command of the guide', async () => {
    const guide = blocksOf('docs/gitops.md');
    const files = ['appproject', 'application', 'argocd-rbac-cm', 'example/swarm/1-gate'].map((name) =>
      readFileSync(`${projectRoot}/contrib/argocd/${name}.yaml`, 'utf8'),
    );
    const manifests = guide.filter(({ language }) => language === 'yaml').map(({ text }) => text);
    expect(manifests.toSorted()).toEqual(files.toSorted());
    for (const text of manifests)
      await story.kubectl.apply(text.replace(/ *namespace: argocd\n/, ''), '--dry-run=server');

    const commands = guide.filter(({ language }) => language === '').flatMap(({ text }) => text.trim().split('\n'));
    const ofKubectl = commands.filter((command) => command.startsWith('kubectl ')).map((command) => command.slice(8));
    expect(ofKubectl).toHaveLength(4);
    for (const command of ofKubectl) {
      const words = command.replace('--namespace team-a', '').replaceAll(' contrib/', ` ${projectRoot}/contrib/`);
      await runWords(words.match(/'[^']*'|\S+/g) ?? []);
    }
  });

  const runWords = (words: readonly string[]) => {
    const plain = words.map((word) => word.replace(/^'|'$/g, ''));
    return cluster.kubectl.run(...plain, '--dry-run=server');
  };

  it('lets people decide without impersonation too, by a right of its own', async () => {
    await delivery.withoutImpersonation();
    const deployment = await delivery.deploy('own-right', {
      own: intent('own', { request: sleepFor(1), approval: 'Required' }),
    });
    const own = deployment.reference('Intent', 'own');
    await deployment.health(own, 'Suspended');
    await story.until('it may', async () => {
      await carol.run('own-right', { action: 'approve' }, own);
      return true;
    });
    await deployment.healthy();
  });
});
