import { request } from 'node:https';
import { type Approval } from '../../src/api/approval.ts';
import { type Turn } from '../../src/api/turn.ts';
import { type TeamNamespace } from '../support/team-namespace.ts';
import { type TestCluster } from '../support/test-cluster.ts';
import { waitFor } from '../support/wait-for.ts';
import { systemNamespace } from './bare-cluster.ts';

interface World {
  readonly cluster: TestCluster;
  readonly team: TeamNamespace;
  /** Puts a new operator in the place of the running one. */
  readonly restart: () => Promise<unknown>;
}

const apiVersion = 'swarm.mlops.dev/v1alpha1';
const within = { withinMs: 120_000, everyMs: 500 };

/** A little of everything that the operator does, so that each of its rights is needed at least once. */
export async function useEveryRight(world: World): Promise<void> {
  await Promise.all([answerAndPrune(world), learnAndForget(world), judgeAndExpire(world), readSettings(world)]);
  await askForOwnersThatNeverWere(world);
  await readStream(world);
  await approveAcrossRestart(world);
  await cancelByDeletion(world);
}

const object = (kind: string, name: string, spec: object) => ({ apiVersion, kind, metadata: { name }, spec });

interface Sight {
  /** JSONPath. */
  readonly path: string;
  readonly shows: string;
}

async function until(team: TeamNamespace, [resource, name]: readonly [string, string], { path, shows }: Sight) {
  await waitFor(
    `${path} of ${resource} ${name} shows ${shows}`,
    async () => (await team.kubectl.run('get', resource, name, '-o', `jsonpath={${path}}`)).includes(shows),
    { ...within, explain: () => team.kubectl.run('get', resource, name, '-o', 'yaml') },
  );
}

async function answerAndPrune({ team }: World): Promise<void> {
  const messages = ['Which pipelines can I run?', 'Which runs are there?', 'Which pipelines are there?'];
  const spec = { messages: messages.map((text) => ({ text })), historyLimit: 1 };
  await team.kubectl.apply(object('Conversation', 'pruned', spec));
  await until(team, ['conversation', 'pruned'], { path: '.status.phase', shows: 'Idle' });
}

/** Its stalling twice in the same words is one Event and a count. */
async function learnAndForget({ team }: World): Promise<void> {
  await team.kubectl.run('create', 'configmap', 'pages', '--from-literal=page.md=# Page\n\nSome words about pages.');
  for (const [name, wanted] of [
    ['missing', 'Stalled'],
    ['pages', 'Ready'],
    ['missing', 'Stalled'],
  ] as const) {
    await team.kubectl.apply(object('KnowledgeBase', 'pages', { sources: [{ name: 'pages', configMap: { name } }] }));
    await until(team, ['knowledgebase', 'pages'], {
      path: `.status.conditions[?(@.type=="${wanted}")].status`,
      shows: 'True',
    });
  }
  // Events wait for their series to be worth a write.
  await waitFor(
    'the repeated Event is counted',
    async () =>
      (await team.kubectl.run('get', 'events.events.k8s.io', '-o', 'jsonpath={.items[*].series.count}')) !== '',
    within,
  );
  await team.kubectl.run('delete', 'knowledgebase', 'pages', '--timeout=60s');
}

async function judgeAndExpire({ team }: World): Promise<void> {
  const spec = { request: 'Run the pipeline hello.', approval: 'Never', ttlSecondsAfterFinished: 1 };
  await team.kubectl.apply(object('Intent', 'short-lived', spec));
  await waitFor('the Intent is gone', async () => !(await team.kubectl.exists('intent', 'short-lived')), within);
}

/** A token of the account is asked for before the server is. */
async function readSettings({ team, cluster }: World): Promise<void> {
  const address = await cluster.kubectl
    .in(systemNamespace)
    .run('get', 'service', 'swarm-operator-metrics', '-o', 'jsonpath={.spec.clusterIP}');
  const kfp = { url: `http://${address}:8080`, auth: 'ServiceAccountToken' };
  await team.kubectl.apply(object('SwarmConfig', 'default', { model: { provider: 'builtin' }, backends: { kfp } }));
  await until(team, ['swarmconfig', 'default'], {
    path: '.status.conditions[?(@.type=="KfpReady")].status',
    shows: 'False',
  });
  await team.kubectl.run('delete', 'swarmconfig', 'default');
}

async function askForOwnersThatNeverWere({ team }: World): Promise<void> {
  for (const kind of ['Conversation', 'Intent']) {
    const name = `lost-${kind.toLowerCase()}`;
    const owner = { kind, name: 'never-was', uid: '3f2c8a52-5f0e-4d0a-9f6e-2f4f5f0f7d11' };
    await team.kubectl.apply(object('Turn', name, { owner, text: 'Is anybody there?' }));
    await until(team, ['turn', name], { path: '.status.conditions[*].reason', shows: 'OwnerNotFound' });
  }
}

/** Somebody with a token and without the key of a turn. */
async function readStream({ cluster, team }: World): Promise<void> {
  const system = cluster.kubectl.in(systemNamespace);
  const selector = 'app.kubernetes.io/name=swarm-operator';
  const host = await system.run('get', 'pods', '-l', selector, '-o', 'jsonpath={.items[0].status.podIP}');
  const token = (await team.kubectl.run('create', 'token', 'swarm-runner')).trim();
  const turn = (await team.kubectl.run('get', 'turns', '-o', 'jsonpath={.items[0].metadata.name}')).trim();
  await new Promise<void>((resolve, reject) => {
    const path = `/v1/namespaces/${team.name}/turns/${turn}/events`;
    // The certificate is the operator's own making.
    request(
      {
        host,
        port: 8443,
        path,
        rejectUnauthorized: false,
        headers: { authorization: `Bearer ${token}` },
        timeout: 20_000,
      },
      (response) => {
        response.resume().once('end', resolve);
      },
    )
      .once('error', reject)
      .end();
  });
}

async function pendingTurn(team: TeamNamespace, conversation: string): Promise<Turn> {
  return waitFor(
    `${conversation} waits for an approval`,
    async () => {
      const turns = await team.kubectl.list<Turn>('turns', '-l', `swarm.mlops.dev/conversation=${conversation}`);
      return turns.find(({ status }) => (status?.pendingApprovals?.length ?? 0) > 0);
    },
    within,
  );
}

/** A journal that another process began is read live. */
async function approveAcrossRestart({ team, cluster, restart }: World): Promise<void> {
  const spec = { messages: [{ text: 'Run the pipeline hello and wait for it.' }] };
  await team.kubectl.apply(object('Conversation', 'approved', spec));
  const turn = await pendingTurn(team, 'approved');
  await restart();
  await cluster.kubectl.in(systemNamespace).run('rollout', 'status', 'deployment/swarm-operator', '--timeout=120s');
  await team.kubectl.apply(turn.status?.pendingApprovals?.[0]?.manifest ?? '');
  await until(team, ['conversation', 'approved'], { path: '.status.phase', shows: 'Idle' });
  const used = ({ status }: Approval) => status?.conditions?.some(({ type }) => type === 'Used') === true;
  await waitFor(
    'the Approval is used',
    async () => (await team.kubectl.list<Approval>('approvals')).some(used),
    within,
  );
}

/** While its turn waits for the run: both end. */
async function cancelByDeletion({ team }: World): Promise<void> {
  const spec = {
    messages: [{ text: 'Run the pipeline sleepy and wait for it.' }],
    approvalPolicy: { default: 'Writes', rules: [{ agent: 'tekton', tool: 'run_pipeline', decision: 'Allow' }] },
  };
  await team.kubectl.apply(object('Conversation', 'left', spec));
  await until(team, ['conversation', 'left'], { path: '.status.pipelineRuns[*].state', shows: 'Running' });
  await team.kubectl.run('delete', 'conversation', 'left', '--timeout=60s');
}
