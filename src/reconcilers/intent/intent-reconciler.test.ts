import { beforeEach, describe, expect, test } from 'vitest';
import type { PipelineRun } from '../../api/common.ts';
import { conditionOf } from '../../api/conditions.ts';
import { kinds } from '../../api/group.ts';
import type { Expectation, Intent, IntentStatus } from '../../api/intent.ts';
import type { CallOutcome, Turn, TurnStatus } from '../../api/turn.ts';
import { ObjectCache } from '../../operator/cache.ts';
import type { Outcome, Reconciler } from '../../operator/reconciler.ts';
import { anIntent, aPendingApproval } from '../../testing/builders.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { FakeKube } from '../../testing/fake-kube.ts';
import { createIntentReconciler } from './intent-reconciler.ts';
import { keptTurnIndex } from './observe.ts';
import { silentLog } from '../../testing/tool-context.ts';

const start = '2026-11-25T08:00:00.000Z';
const key = 'team-a/train-churn';
function none(): void {
  // These tests look at the state of the world.
}

/** An Intent, its reconciler, and the hands of everybody else. */
class World {
  readonly clock = new FakeClock(start);
  readonly kube = new FakeKube({ clock: this.clock });
  readonly runs = new Map<string, PipelineRun>();
  readonly cancelled: string[] = [];
  readonly #intents = new ObjectCache<Intent>();
  readonly #turns = new ObjectCache<Turn>();
  readonly #reconciler: Reconciler;

  constructor() {
    this.#turns.addIndex('owner', (turn) => [turn.spec.owner.uid]);
    this.#turns.addIndex('kept', keptTurnIndex.kept);
    this.#reconciler = createIntentReconciler({
      kube: this.kube,
      clock: this.clock,
      intents: this.#intents,
      turns: this.#turns,
      events: { record: none },
      runs: {
        find: ({ name }) => this.runs.get(name),
        read: ({ name }) => Promise.resolve(this.runs.get(name)),
        ownedBy: () => Promise.resolve([...this.runs.values()]),
        cancel: ({ name }) => {
          this.cancelled.push(name);
          return Promise.resolve();
        },
        orphan: () => Promise.resolve(),
      },
    });
  }

  apply(spec: NonNullable<Parameters<typeof anIntent>[0]>['spec'] = {}): void {
    // A re-created one is another one.
    this.kube.seed(kinds.intent, anIntent({ spec, metadata: { uid: `uid-${this.kube.requests.length}` } }));
  }

  async reconcile(): Promise<Outcome> {
    const intents = await this.kube.list<Intent>(kinds.intent);
    const turns = await this.kube.list<Turn>(kinds.turn);
    this.#intents.replaceAll(intents.items, intents.resourceVersion);
    this.#turns.replaceAll(turns.items, turns.resourceVersion);
    return this.#reconciler.reconcile(key, { signal: new AbortController().signal, log: silentLog });
  }

  /** @returns what it wants to wait for in the end. */
  async settle(): Promise<Outcome> {
    for (let round = 0; round < 10; round++) {
      const before = this.kube.requests.length;
      const outcome = await this.reconcile();
      if (!this.kube.requests.slice(before).some(({ verb }) => writes.includes(verb))) return outcome;
    }
    throw new Error('it does not come to rest');
  }

  get intent(): Intent {
    const [intent] = this.kube.all<Intent>(kinds.intent);
    if (!intent) throw new Error('the intent is gone');
    return intent;
  }

  get status(): IntentStatus {
    return this.intent.status ?? {};
  }

  get turns(): Turn[] {
    return this.kube.all<Turn>(kinds.turn);
  }

  get turn(): Turn {
    const turn = this.turns.at(-1);
    if (!turn) throw new Error('there is no turn');
    return turn;
  }

  async edit(spec: object): Promise<void> {
    await this.kube.mergePatch(kinds.intent, this.intent.metadata, { spec });
    await this.settle();
  }

  async finishTurn(status: TurnStatus = {}, reason = 'Succeeded'): Promise<void> {
    const at = { lastTransitionTime: start, message: `because of ${reason}` };
    this.kube.setStatus(kinds.turn, this.turn.metadata, {
      phase: reason === 'Succeeded' ? 'Succeeded' : 'Failed',
      conditions: [
        { type: 'Finished', status: 'True', reason: 'Finished', ...at },
        { type: 'Succeeded', status: reason === 'Succeeded' ? 'True' : 'False', reason, ...at },
      ],
      ...status,
    });
    await this.settle();
  }

  run(more: Partial<PipelineRun> = {}): PipelineRun {
    const run: PipelineRun = {
      backend: 'tekton',
      name: 'swarm-one',
      namespace: 'team-a',
      id: 'uid-run',
      pipeline: 'train',
      turn: this.turn.metadata.name,
      state: 'Succeeded',
      startedAt: start,
      ...more,
    };
    this.runs.set(run.name, run);
    return run;
  }

  is(type: Parameters<typeof conditionOf>[1]) {
    return conditionOf(this.status.conditions, type)?.status;
  }
}

const writes = ['create', 'replace', 'replaceStatus', 'mergePatch', 'delete'];

const stepWith = (outcome: CallOutcome, more: object = {}): TurnStatus => ({
  steps: [
    {
      index: 0,
      frame: '',
      agent: 'tekton',
      model: 'test',
      decidedAt: start,
      finish: 'tool-calls',
      text: '',
      usage: { inputTokens: 0, outputTokens: 0 },
      calls: [
        {
          id: '0.0',
          tool: 'run_pipeline',
          arguments: '{"pipeline":"train"}',
          argumentsDigest: 'sha256:0',
          effect: 'named',
          effectKey: 'k',
          outcome,
          ...more,
        },
      ],
    },
  ],
});

let world: World;
beforeEach(() => {
  world = new World();
});

describe('one request', () => {
  test('is asked once for a generation, with its parameters and the rights of who wrote it', async () => {
    world.apply({ parameters: { epochs: '20' }, author: { username: 'alice' } });
    await world.settle();
    await world.settle();
    expect(world.turns).toHaveLength(1);
    expect(world.turn.spec).toMatchObject({ parameters: { epochs: '20' }, author: { username: 'alice' } });
    expect(world.status).toMatchObject({ phase: 'Planning', turn: world.turn.metadata.name });
  });

  test('waits for the runs it started, then it is complete', async () => {
    world.apply();
    await world.settle();
    await world.finishTurn({ reply: 'started', pipelineRuns: [world.run({ state: 'Running' })] });
    expect(world.status).toMatchObject({ phase: 'Running', reply: 'started' });
    expect(world.is('Finished')).toBe('False');

    world.run({ results: { accuracy: '0.93' } });
    await world.settle();
    expect(world.status).toMatchObject({ phase: 'Succeeded', metrics: { accuracy: '0.93' } });
    expect(['Ready', 'Complete', 'Finished'].map((type) => world.is(type as 'Ready'))).toEqual([
      'True',
      'True',
      'True',
    ]);
    expect(world.is('Reconciling')).toBeUndefined();
  });

  test('is never asked again: not when applied again, suspended, resumed or given another time to live', async () => {
    world.apply();
    await world.settle();
    await world.finishTurn();
    await world.edit({ suspend: true });
    await world.edit({ suspend: false, ttlSecondsAfterFinished: 60, timeout: '5m' });
    expect(world.turns).toHaveLength(1);
    expect(world.status.observedGeneration).toBe(world.intent.metadata.generation);
    expect(world.status.phase).toBe('Succeeded');
  });

  test('a new generation that asks for something else is a new one, and ends what was still going on', async () => {
    world.apply();
    await world.settle();
    await world.edit({ request: 'Run the pipeline churn-train with 30 epochs.' });
    expect(world.turns.map(({ spec }) => [spec.text, spec.cancel]).sort()).toEqual([
      ['Run the pipeline churn-train with 20 epochs.', true],
      ['Run the pipeline churn-train with 30 epochs.', false],
    ]);
  });

  test('shows what its turn asks a person until that is decided', async () => {
    world.apply();
    await world.settle();
    const asks = { phase: 'AwaitingApproval', pendingApprovals: [aPendingApproval({ summary: 'It asks.' })] } as const;
    world.kube.setStatus(kinds.turn, world.turn.metadata, asks);
    await world.settle();
    const { name, uid } = world.turn.metadata;
    expect(world.status.pendingApprovals).toEqual([
      { ...aPendingApproval({ summary: 'It asks.' }), turn: { name, uid }, manifest: undefined },
    ]);

    await world.finishTurn();
    expect(world.status.pendingApprovals).toBeUndefined();
  });

  test('is cancelled with its turn and the runs it started', async () => {
    world.apply();
    await world.settle();
    world.kube.setStatus(kinds.turn, world.turn.metadata, { pipelineRuns: [world.run({ state: 'Running' })] });
    await world.edit({ cancel: true });
    expect([world.turn.spec.cancel, world.cancelled]).toEqual([true, ['swarm-one']]);
    expect(world.status.phase).toBe('Failed');
    expect(conditionOf(world.status.conditions, 'Failed')?.reason).toBe('Cancelled');
  });

  test('asks nothing when it is cancelled before it began', async () => {
    world.apply({ cancel: true });
    await world.settle();
    expect(world.turns).toEqual([]);
    expect(world.is('Finished')).toBe('True');
  });

  test('keeps its outcome when it is cancelled too late', async () => {
    world.apply();
    await world.settle();
    await world.finishTurn();
    await world.edit({ cancel: true });
    expect(world.status.phase).toBe('Succeeded');
  });

  test('is carried out once more with a higher attempt', async () => {
    world.apply();
    await world.settle();
    await world.edit({ cancel: true });
    await world.edit({ cancel: false });
    expect(world.turns).toHaveLength(1);

    await world.edit({ attempt: 2 });
    await world.settle();
    expect(world.turns.map(({ spec }) => spec.text)).toEqual([world.turn.spec.text, world.turn.spec.text]);
    expect(world.status).toMatchObject({ phase: 'Planning', turn: world.turn.metadata.name });
  });

  test('is not begun while suspended', async () => {
    world.apply({ suspend: true });
    await world.settle();
    expect(world.turns).toEqual([]);
    expect(world.status.phase).toBe('Suspended');
    await world.edit({ suspend: false });
    expect(world.turns).toHaveLength(1);
  });

  test('expires, and what still goes on is stopped', async () => {
    world.apply({ timeout: '10m' });
    await world.settle();
    const outcome = await world.settle();
    expect(outcome).toEqual({ kind: 'later', afterMs: 600_000 });
    world.kube.setStatus(kinds.turn, world.turn.metadata, { pipelineRuns: [world.run({ state: 'Running' })] });
    await world.clock.advance(600_000);
    await world.settle();
    expect(world.status.phase).toBe('Expired');
    expect([world.turn.spec.cancel, world.cancelled, world.is('Finished')]).toEqual([true, ['swarm-one'], 'True']);
  });

  test('is deleted when its time to live is over', async () => {
    world.apply({ ttlSecondsAfterFinished: 60 });
    await world.settle();
    await world.finishTurn();
    const outcome = await world.settle();
    expect(outcome).toEqual({ kind: 'later', afterMs: 60_000 });
    await world.clock.advance(60_000);
    await world.reconcile();
    await world.reconcile();
    expect(world.kube.all(kinds.intent)).toEqual([]);
  });
});

describe('the verdict', () => {
  const expectations: Record<string, { expect: Expectation; results: Record<string, string>; met: boolean }> = {
    'numbers are compared as numbers': {
      expect: { metric: 'a', operator: '>=', value: '0.9' },
      results: { a: ' 0.90\n' },
      met: true,
    },
    'a number below is below': { expect: { metric: 'a', operator: '<', value: '10' }, results: { a: '9' }, met: true },
    'scientific notation is a number': {
      expect: { metric: 'a', operator: '<=', value: '1e-3' },
      results: { a: '0.0005' },
      met: true,
    },
    'equal numbers may be written differently': {
      expect: { metric: 'a', operator: '==', value: '1.0' },
      results: { a: '1' },
      met: true,
    },
    'text can be the same': { expect: { metric: 'a', operator: '==', value: 'ok' }, results: { a: 'ok' }, met: true },
    'text can differ': { expect: { metric: 'a', operator: '!=', value: 'ok' }, results: { a: 'bad' }, met: true },
    'text is neither more nor less': {
      expect: { metric: 'a', operator: '>', value: '0.9' },
      results: { a: 'ninety' },
      met: false,
    },
    'a percentage is no number': {
      expect: { metric: 'a', operator: '>', value: '0.9' },
      results: { a: '95%' },
      met: false,
    },
    'an empty result is no zero': {
      expect: { metric: 'a', operator: '<', value: '1' },
      results: { a: '' },
      met: false,
    },
    'what was not reported is not met': {
      expect: { metric: 'a', operator: '!=', value: '1' },
      results: { b: '1' },
      met: false,
    },
    'names of the language’s own objects are not results': {
      expect: { metric: 'constructor', operator: '!=', value: '1' },
      results: {},
      met: false,
    },
  };
  test.each(Object.entries(expectations))('%s', async (_name, { expect: wanted, results, met }) => {
    world.apply({ expect: [wanted] });
    await world.settle();
    await world.finishTurn({ pipelineRuns: [world.run({ results })] });
    expect(world.status.expectations).toMatchObject([{ metric: wanted.metric, met }]);
    expect(world.status.phase).toBe(met ? 'Succeeded' : 'Failed');
  });

  test('says what was missing and what was reported instead', async () => {
    world.apply({ expect: [{ metric: 'accuracy', operator: '>=', value: '0.90' }] });
    await world.settle();
    await world.finishTurn({ pipelineRuns: [world.run({ results: { loss: '0.2' } })] });
    const failed = conditionOf(world.status.conditions, 'Failed');
    expect(failed).toMatchObject({ reason: 'ExpectationsNotMet' });
    expect(failed?.message).toBe('accuracy was not reported (reported: loss), expected >= 0.90');
  });

  const outcome = (state: CallOutcome['state'], more: object = {}): TurnStatus =>
    stepWith({ state, summary: `it is ${state}`, ...more });
  const ends: Record<string, { turn: TurnStatus; reason?: string; phase: string; why: string }> = {
    'a failed turn fails it for the same reason': {
      turn: {},
      reason: 'LoopDetected',
      phase: 'Failed',
      why: 'LoopDetected',
    },
    'a denied change denies it': { turn: outcome('Denied', { approval: 'no' }), phase: 'Denied', why: 'Denied' },
    'a question that lapsed expires it': { turn: outcome('Expired'), phase: 'Expired', why: 'ApprovalExpired' },
    'a change that failed fails it': { turn: outcome('Failed'), phase: 'Failed', why: 'Failed' },
    'an effect nobody knows of fails it': { turn: outcome('Ambiguous'), phase: 'Failed', why: 'AmbiguousEffect' },
    'a question back fails it: nobody is there to answer': {
      turn: stepWith({ state: 'Succeeded', summary: 'Which pipeline?' }, { tool: 'clarify', effect: 'pure' }),
      phase: 'Failed',
      why: 'Failed',
    },
    'a change that came about completes it': { turn: outcome('Succeeded'), phase: 'Succeeded', why: 'Complete' },
  };
  test.each(Object.entries(ends))('%s', async (_name, { turn, reason, phase, why }) => {
    world.apply();
    await world.settle();
    await world.finishTurn(turn, reason);
    expect(world.status.phase).toBe(phase);
    expect(conditionOf(world.status.conditions, 'Ready')?.reason).toBe(why);
    expect(world.is('Finished')).toBe('True');
    expect(world.is('Stalled')).toBe(phase === 'Succeeded' ? undefined : 'True');
  });

  test('a failed run fails it, but not when the same pipeline succeeded afterwards', async () => {
    world.apply();
    await world.settle();
    const failed = world.run({ name: 'one', state: 'Failed', message: 'exit 1' });
    await world.finishTurn({ pipelineRuns: [failed] });
    expect(conditionOf(world.status.conditions, 'Failed')?.reason).toBe('RunFailed');

    world = new World();
    world.apply();
    await world.settle();
    const runs = [
      world.run({ name: 'one', state: 'Failed' }),
      world.run({ name: 'two', startedAt: '2026-11-25T09:00:00Z' }),
    ];
    await world.finishTurn({ pipelineRuns: runs });
    expect(world.status.phase).toBe('Succeeded');
  });
});

describe('with reuseWithin', () => {
  const reusing = { reuseWithin: '24h' };

  async function deleteIntent(): Promise<void> {
    await world.kube.delete(kinds.intent, world.intent.metadata);
    for (let round = 0; round < 8; round++) {
      await world.reconcile();
      await world.clock.advance(3_000);
    }
    expect(world.kube.all(kinds.intent)).toEqual([]);
  }

  test('the same name and spec again gets the same outcome, although its runs are gone', async () => {
    world.apply({ ...reusing, expect: [{ metric: 'a', operator: '>', value: '0' }] });
    await world.settle();
    await world.finishTurn({ pipelineRuns: [world.run({ state: 'Running' })] });
    world.run({ results: { a: '1' } });
    await world.settle();
    expect(world.status.phase).toBe('Succeeded');
    await deleteIntent();
    world.runs.clear();

    world.apply({ ...reusing, expect: [{ metric: 'a', operator: '>', value: '0' }] });
    await world.settle();
    expect(world.turns).toHaveLength(1);
    expect(world.status).toMatchObject({ phase: 'Succeeded', metrics: { a: '1' } });
  });

  test('another spec of the same name is another request', async () => {
    world.apply(reusing);
    await world.settle();
    await world.finishTurn();
    await deleteIntent();
    world.apply({ ...reusing, request: 'Something else.' });
    await world.settle();
    expect(world.turns).toHaveLength(2);
  });

  test('after that time it is asked anew', async () => {
    world.apply(reusing);
    await world.settle();
    await world.finishTurn();
    const uid = world.turn.metadata.uid;
    await deleteIntent();
    await world.clock.advance(24 * 3_600_000);
    world.apply(reusing);
    await world.settle();
    await world.settle();
    expect(world.turns).toHaveLength(1);
    expect(world.turn.metadata.uid).not.toBe(uid);
  });

  test('an outcome nobody asks for is forgotten when its time is over', async () => {
    world.apply(reusing);
    await world.settle();
    await world.finishTurn();
    await deleteIntent();
    expect(world.turns).toHaveLength(1);
    await world.clock.advance(24 * 3_600_000);
    await world.reconcile();
    expect(world.turns).toEqual([]);
  });

  test('what was cut short by a deletion is no outcome', async () => {
    world.apply(reusing);
    await world.settle();
    await deleteIntent();
    expect(world.turns).toEqual([]);
  });
});
