import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Story } from '../../e2e/story.ts';
import { OperatorUnderTest } from '../../support/operator-under-test.ts';
import { testCluster } from '../../support/test-cluster.ts';
import { actionsOf, healthOf } from './customizations.ts';
import { installLua } from './lua.ts';
import { recordTestdata, type Sighting } from './record-testdata.ts';

type Seen = Sighting['object'] & {
  readonly metadata: { readonly name: string; readonly generation: number };
  readonly status?: {
    readonly phase?: string;
    readonly observedGeneration?: number;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly pendingApprovals?: readonly unknown[];
  };
};

/** One state an object can be in: how it comes there, and what Argo CD is to make of it. */
interface Case {
  readonly kind: string;
  readonly state: string;
  readonly name: string;
  readonly spec?: object;
  readonly when?: (object: Seen) => boolean;
  readonly health: string;
  readonly message: RegExp;
  readonly actions?: readonly string[];
}

const sleepy = (seconds: number) => `Run the pipeline sleepy with seconds ${seconds}.`;
const waiting = 'Run the pipeline sleepy with seconds 90 and wait for it.';
const messages = (...texts: string[]) => ({ messages: texts.map((text) => ({ text })) });
const is = (type: string) => (object: Seen) =>
  object.status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') === true;
const inPhase = (phase: string) => (object: Seen) => object.status?.phase === phase;
const asks = (object: Seen) => (object.status?.pendingApprovals ?? []).length > 0;
const failing = { agent: 'tekton', approval: 'Never' };

const cases: readonly Case[] = [
  {
    kind: 'Conversation',
    state: 'unseen',
    name: 'unseen',
    spec: { ...messages('Hello'), suspend: true },
    health: 'Progressing',
    message: /Waiting for the Swarm operator$/,
    actions: [],
  },
  {
    kind: 'Conversation',
    state: 'working',
    name: 'works',
    spec: {
      ...messages(waiting),
      approvalPolicy: { rules: [{ agent: 'tekton', tool: 'run_pipeline', decision: 'Allow' }] },
    },
    when: inPhase('Waiting'),
    health: 'Progressing',
    message: /./,
    actions: [],
  },
  {
    kind: 'Conversation',
    state: 'awaiting-approval',
    name: 'asks',
    spec: messages(sleepy(1)),
    when: asks,
    health: 'Suspended',
    message: /^tekton asks to call run_pipeline with \{.*"sleepy"/,
    actions: ['approve', 'deny'],
  },
  {
    kind: 'Conversation',
    state: 'ready',
    name: 'answered',
    spec: messages('Which pipelines can I run?'),
    when: is('Ready'),
    health: 'Healthy',
    message: /Every message is answered/,
    actions: [],
  },
  {
    kind: 'Conversation',
    state: 'failed',
    name: 'fails',
    spec: { ...messages('Which pipelines can I run?'), limits: { maxSteps: 1 } },
    when: inPhase('Failed'),
    health: 'Degraded',
    message: /./,
    actions: ['retry'],
  },
  {
    kind: 'Conversation',
    state: 'stalled',
    name: 'stalls',
    spec: { ...messages('Hello'), configRef: { name: 'no-such' } },
    when: is('Stalled'),
    health: 'Degraded',
    message: /no-such/,
    actions: [],
  },
  {
    kind: 'Conversation',
    state: 'suspended',
    name: 'held',
    spec: { ...messages('Hello'), suspend: true },
    when: inPhase('Suspended'),
    health: 'Suspended',
    message: /spec\.suspend is true/,
    actions: [],
  },
  {
    kind: 'Intent',
    state: 'unseen',
    name: 'unseen',
    spec: { request: 'Hello', suspend: true },
    health: 'Progressing',
    message: /Waiting for the Swarm operator$/,
    actions: ['cancel'],
  },
  {
    kind: 'Intent',
    state: 'running',
    name: 'runs',
    spec: { request: waiting, approval: 'Never' },
    when: inPhase('Running'),
    health: 'Progressing',
    message: /./,
    actions: ['cancel'],
  },
  {
    kind: 'Intent',
    state: 'awaiting-approval',
    name: 'asks',
    spec: { request: sleepy(1), approval: 'Required', reuseWithin: '1h' },
    when: asks,
    health: 'Suspended',
    message: /^tekton asks to call run_pipeline with \{/,
    actions: ['approve', 'cancel', 'deny'],
  },
  {
    kind: 'Intent',
    state: 'succeeded',
    name: 'succeeds',
    spec: { request: sleepy(1), approval: 'Never' },
    when: inPhase('Succeeded'),
    health: 'Healthy',
    message: /carried out/,
    actions: [],
  },
  {
    kind: 'Intent',
    state: 'failed',
    name: 'breaks',
    spec: { ...failing, request: 'Run the pipeline failing.' },
    when: inPhase('Failed'),
    health: 'Degraded',
    message: /of pipeline failing ended as Failed/,
    actions: ['retry'],
  },
  {
    kind: 'Intent',
    state: 'denied',
    name: 'denied',
    spec: { request: sleepy(1), approval: 'Required' },
    when: inPhase('Denied'),
    health: 'Degraded',
    message: /denied/,
    actions: ['retry'],
  },
  {
    kind: 'Intent',
    state: 'expired',
    name: 'expires',
    spec: { request: sleepy(60), approval: 'Never', timeout: '2s' },
    when: inPhase('Expired'),
    health: 'Degraded',
    message: /did not end within/,
    actions: ['retry'],
  },
  {
    kind: 'Intent',
    state: 'cancelled',
    name: 'cancelled',
    spec: { request: sleepy(60), cancel: true },
    when: inPhase('Failed'),
    health: 'Degraded',
    message: /spec\.cancel is true/,
    actions: ['retry'],
  },
  {
    kind: 'SwarmConfig',
    state: 'unseen',
    name: 'unseen',
    spec: {},
    health: 'Progressing',
    message: /Waiting for the Swarm operator$/,
  },
  {
    kind: 'SwarmConfig',
    state: 'ready',
    name: 'fine',
    spec: { model: { provider: 'builtin' } },
    when: is('Ready'),
    health: 'Healthy',
    message: /./,
  },
  {
    kind: 'SwarmConfig',
    state: 'stalled',
    name: 'no-key',
    spec: {
      model: {
        provider: 'openai',
        baseURL: 'http://127.0.0.1:9/v1',
        name: 'm',
        apiKeySecretRef: { name: 'swarm-model', key: 'none' },
      },
    },
    when: is('Stalled'),
    health: 'Degraded',
    message: /swarm-model/,
  },
  {
    kind: 'KnowledgeBase',
    state: 'unseen',
    name: 'unseen',
    spec: { sources: [{ name: 'a', configMap: { name: 'a' } }] },
    health: 'Progressing',
    message: /Waiting for the Swarm operator$/,
  },
  {
    kind: 'KnowledgeBase',
    state: 'ready',
    name: 'books',
    spec: { sources: [{ name: 'books', configMap: { name: 'books' } }] },
    when: is('Ready'),
    health: 'Healthy',
    message: /./,
  },
  {
    kind: 'KnowledgeBase',
    state: 'failed',
    name: 'lost',
    spec: { sources: [{ name: 'lost', configMap: { name: 'lost' } }] },
    when: inPhase('Failed'),
    health: 'Degraded',
    message: /lost/,
  },
];

/** Turns of the conversations and intents above, in states that their owners bring about. */
const turns: readonly (Omit<Case, 'kind' | 'spec'> & { readonly owner: string })[] = [
  { owner: 'works', state: 'waiting', name: 'works', health: 'Progressing', message: /./, actions: ['cancel'] },
  {
    owner: 'asks',
    state: 'awaiting-approval',
    name: 'asks',
    health: 'Suspended',
    message: /^tekton asks to call/,
    actions: ['approve', 'cancel', 'deny'],
  },
  { owner: 'answered', state: 'succeeded', name: 'answered', health: 'Healthy', message: /./, actions: [] },
  { owner: 'fails', state: 'failed', name: 'fails', health: 'Degraded', message: /./, actions: ['retry'] },
  { owner: 'stalls', state: 'stalled', name: 'stalls', health: 'Degraded', message: /no-such/, actions: ['cancel'] },
];

describe('what Argo CD makes of the objects that the operator writes', () => {
  const cluster = testCluster();
  const sightings = new Map<string, Seen>();
  const keyOf = (kind: string, state: string) => `${kind} ${state}`;
  let operator: OperatorUnderTest;
  let story: Story;

  const see = (kind: string, name: string) => story.kubectl.get<Seen>(kind, name);
  const apply = ({ kind, name, spec = {} }: Case) => story.kubectl.apply(story.object(kind, name, spec));

  beforeAll(async () => {
    installLua();
    story = await Story.begin(cluster, 'argocd', () => operator.tail());
    const text = 'Swarm keeps its journal in the status of a Turn.';
    await story.kubectl.apply({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'books' },
      data: { 'a.md': text },
    });
    for (const unseen of cases.filter(({ when }) => when === undefined)) {
      await apply(unseen);
      sightings.set(keyOf(unseen.kind, unseen.state), await see(unseen.kind, unseen.name));
    }
    operator = await OperatorUnderTest.start(cluster, { namespace: story.namespace });
    const seen = cases.filter(({ when }) => when !== undefined);
    for (const one of seen) await apply(one);
    await Promise.all([deny('denied'), ...seen.map(watchFor)]);
    await seeTurns();
    await operator.stop();
    await seeStale();
  }, 240_000);

  afterAll(async () => {
    operator = await OperatorUnderTest.start(cluster, { namespace: story.namespace });
    await story.end();
    await operator.stop();
  });

  async function deny(intent: string): Promise<void> {
    const manifest = await story.pendingApproval(intent);
    await story.kubectl.apply(manifest.replace(/decision: .*/, 'decision: Deny'));
  }

  async function watchFor({ kind, state, name, when }: Case): Promise<void> {
    const found = await story.until(`${kind} ${name} is ${state}`, async () => {
      const object = await see(kind, name);
      const isCurrent = object.status?.observedGeneration === object.metadata.generation;
      return isCurrent && when?.(object) === true && object;
    });
    sightings.set(keyOf(kind, state), found);
  }

  async function seeTurns(): Promise<void> {
    const all = await story.turns();
    for (const { owner, state } of turns) {
      const turn = all.find(({ spec }) => spec.owner.kind === 'Conversation' && spec.owner.name === owner);
      if (turn) sightings.set(keyOf('Turn', state), turn as unknown as Seen);
    }
  }

  /** What was ready and is then changed while nobody is there to see it. */
  async function seeStale(): Promise<void> {
    await story.say('answered', 'Which pipelines can I run?', 'And now?');
    sightings.set(keyOf('Conversation', 'stale'), await see('Conversation', 'answered'));
    await story.intend('succeeds', { request: sleepy(2), approval: 'Never' });
    sightings.set(keyOf('Intent', 'stale'), await see('Intent', 'succeeds'));
  }

  const stale = { state: 'stale', health: 'Progressing', message: /see generation 2$/ } as const;
  const table = [
    ...cases,
    ...turns.map((turn) => ({ ...turn, kind: 'Turn' })),
    { ...stale, kind: 'Conversation', name: 'answered', actions: [] },
    { ...stale, kind: 'Intent', name: 'succeeds', actions: [] },
  ];

  test.each(table)('$kind, $state: $health', ({ kind, state, health, message, actions }) => {
    const object = sightings.get(keyOf(kind, state));
    if (!object) throw new Error(`${kind} was never ${state}`);
    const found = healthOf(object);
    expect(found.status).toBe(health);
    expect(found.message).toMatch(message);
    if (actions) expect(actionsOf(object)).toEqual(actions);
  });

  // SWARM_RECORD_TESTDATA=yes renews the files beside the scripts; look at the difference before you keep it.
  test.runIf(process.env['SWARM_RECORD_TESTDATA'] === 'yes')('is recorded beside the scripts', () => {
    recordTestdata(
      table.flatMap(({ kind, state }) => {
        const object = sightings.get(keyOf(kind, state));
        return object ? [{ state, object }] : [];
      }),
    );
    expect(sightings.size).toBe(table.length);
  });
});
