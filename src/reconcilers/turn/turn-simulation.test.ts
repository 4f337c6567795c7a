import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { kinds } from '../../api/group.ts';
import type { Call, Turn } from '../../api/turn.ts';
import { RetryableError } from '../../base/errors.ts';
import { KubeApiError } from '../../kube/errors.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import type { ModelRequest } from '../../models/language-model.ts';
import { aConversation, aTurn } from '../../testing/builders.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { FakeKube } from '../../testing/fake-kube.ts';
import { ScriptedModel, type ScriptedReply } from '../../testing/scripted-model.ts';
import { anAgent, aTool, Receiver, TurnWorld } from '../../testing/turn-world.ts';
import type { TurnMutations } from '../../turns/boundaries.ts';

/*
 * Whole operator processes over one API server and one receiver in memory. Every boundary of the engine and every
 * request is a point where the schedule may let another process go first, kill this one, or lose a request or a reply.
 * The model answers differently each time it is asked.
 */

const start = '2026-11-25T08:00:00Z';
const turn = aTurn({ metadata: { creationTimestamp: start } });
const conversation = aConversation({ spec: { approvalPolicy: { default: 'Never' } } });

/** Numbers that decide everything that is left to chance; when they are used up nothing bad happens any more. */
class Chance {
  readonly #numbers: readonly number[];
  #used = 0;

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers;
  }

  below(limit: number): number {
    return (this.#numbers[this.#used++] ?? limit - 1) % limit;
  }

  /** True once in so many times. */
  once(inTimes: number): boolean {
    return this.below(inTimes) === 0;
  }
}

const never = new Promise<never>(() => undefined);

interface Schedule {
  readonly chance: Chance;
  readonly processes: number;
  /** Kills the process at this passage of any boundary, counted over all. */
  readonly killAt?: number;
  readonly mutations?: TurnMutations;
}

/** What came of a trial; empty lists mean that nothing was lost and nothing was done twice. */
interface Result {
  readonly violations: readonly string[];
  readonly passages: number;
  readonly kills: number;
}

class Simulation {
  readonly clock = new FakeClock(start);
  readonly kube = new FakeKube({ clock: this.clock });
  readonly receiver = new Receiver();
  readonly #schedule: Schedule;
  #blocked: readonly { readonly process: Process; readonly go: () => void }[] = [];
  /** Somebody waits for time to pass. */
  idle = false;
  passages = 0;
  kills = 0;

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
    this.kube.seed(kinds.conversation, conversation);
    this.kube.seed(kinds.turn, turn);
  }

  get chance(): Chance {
    return this.#schedule.chance;
  }

  get mutations(): TurnMutations {
    return this.#schedule.mutations ?? {};
  }

  /** A process stops here until the schedule lets it go on, which may be never. */
  pass(process: Process): Promise<void> {
    this.passages += 1;
    const isKilled = this.passages === this.#schedule.killAt || (this.kills < 6 && this.chance.once(12));
    if (isKilled || process.dead) {
      this.kills += process.dead ? 0 : 1;
      process.dead = true;
      this.#blocked = this.#blocked.filter((blocked) => blocked.process !== process);
      return never;
    }
    return new Promise((go) => {
      this.#blocked = [...this.#blocked, { process, go }];
    });
  }

  async run(): Promise<Result> {
    let processes = Array.from({ length: this.#schedule.processes }, () => new Process(this));
    for (let moves = 0; moves < 2_000; moves++) {
      const [current] = this.kube.all<Turn>(kinds.turn);
      if (current?.status?.finishedAt !== undefined) return this.#judge(current);
      processes = processes.map((process) => (process.dead ? new Process(this) : process));
      for (const process of processes) process.begin();
      await settle();
      const next = this.#blocked[this.chance.below(Math.max(1, this.#blocked.length))];
      this.#blocked = this.#blocked.filter((blocked) => blocked !== next);
      next?.go();
      await settle();
      if (this.idle) await this.clock.advance(1_000);
      this.idle = false;
    }
    return { violations: ['the turn is stuck'], passages: this.passages, kills: this.kills };
  }

  #judge({ status }: Turn): Result {
    const calls = (status?.steps ?? []).flatMap((step) => step.calls ?? []);
    const keys = new Set(calls.map((call) => call.effectKey));
    const orphans = this.receiver.receipts.filter(({ key }) => !keys.has(key));
    const violations = [
      ...orphans.map(({ tool }) => `${tool} was asked without a decision in the journal`),
      ...calls.flatMap((call) => this.#wrongs(call)),
    ];
    return { violations, passages: this.passages, kills: this.kills };
  }

  #wrongs(call: Call): string[] {
    if (call.effect !== 'named' && call.effect !== 'external') return [];
    const applied = this.receiver.applied.get(call.effectKey) ?? 0;
    const receipts = this.receiver.receipts.filter(({ key }) => key === call.effectKey);
    const state = call.outcome?.state;
    return [
      ...(applied > 1 ? [`${call.tool} took effect ${applied} times`] : []),
      ...(state === 'Succeeded' && applied === 0 ? [`${call.tool} is said to have succeeded and was lost`] : []),
      ...(call.effect === 'named' && state !== 'Succeeded' ? [`${call.tool} ended as ${String(state)}`] : []),
      ...receipts.flatMap(({ digest }) => (digest === call.argumentsDigest ? [] : [`${call.tool}: another decision`])),
    ];
  }
}

/** An operator process: killed, it neither goes on nor reaches anybody. */
class Process {
  dead = false;
  readonly #simulation: Simulation;
  readonly #world: TurnWorld;
  #busy = false;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    this.#world = new TurnWorld({
      agents: agentsOver(simulation),
      model: new ScriptedModel((request) => reply(request, simulation.chance)),
      kube: simulation.kube,
      client: this.#client(),
      clock: simulation.clock,
      hooks: { boundary: () => simulation.pass(this) },
      mutations: simulation.mutations,
    });
  }

  /** Begins the next reconcile, with caches that may be behind. */
  begin(): void {
    if (this.#busy) return;
    this.#busy = true;
    if (!this.#simulation.chance.once(4)) this.#world.sync();
    const done = (isIdle: boolean) => {
      this.#busy = false;
      this.#simulation.idle ||= isIdle;
    };
    // After an error the work queue tries again.
    this.#world.reconcileFromCache(turn).then(
      (outcome) => {
        done(outcome.kind === 'later');
      },
      () => {
        done(true);
      },
    );
  }

  #client(): KubeClient {
    const { kube, chance } = this.#simulation;
    return {
      get: kube.get.bind(kube),
      list: kube.list.bind(kube),
      create: kube.create.bind(kube),
      replace: kube.replace.bind(kube),
      mergePatch: kube.mergePatch.bind(kube),
      delete: kube.delete.bind(kube),
      watch: kube.watch.bind(kube),
      logs: kube.logs.bind(kube),
      requestToken: kube.requestToken.bind(kube),
      replaceStatus: async (type, object) => {
        if (this.dead) return never;
        const fate = chance.below(12);
        if (fate === 0) throw unanswered();
        const written = await kube.replaceStatus(type, object);
        if (fate === 1) throw unanswered();
        return written;
      },
    };
  }
}

function unanswered(): KubeApiError {
  return new KubeApiError({ status: 0, reason: 'Unreachable', message: 'connection reset' });
}

function agentsOver({ receiver, chance }: Simulation) {
  const lookUp = aTool('look_up', 'pure', { execute: () => ({ kind: 'ok', summary: 'Found.', data: {} }) });
  const run = aTool('run_pipeline', 'named', {
    execute: (_input, context) => {
      const fate = chance.below(8);
      if (fate === 0) throw new RetryableError('Unreachable', 'the request was lost');
      receiver.named('run_pipeline', context);
      if (fate === 1) throw new RetryableError('Unreachable', 'the reply was lost');
      return { kind: 'ok', summary: 'Started.', data: {} };
    },
  });
  const notify = aTool('notify', 'external', {
    execute: (_input, context) => {
      receiver.keyless('notify', context);
      if (chance.once(8)) throw new RetryableError('Unreachable', 'the reply was lost');
      return { kind: 'ok', summary: 'Sent.', data: {} };
    },
  });
  return [anAgent('supervisor', [lookUp], ['worker']), anAgent('worker', [lookUp, run, notify])];
}

/** Two rounds of calls, of which nobody knows beforehand, then an answer; every agent by itself. */
function reply({ messages, tools }: ModelRequest, chance: Chance): ScriptedReply {
  const rounds = messages.filter((message) => message.role === 'assistant').length;
  const delegates = tools.some((tool) => tool.name === 'ask_worker');
  if (rounds >= (delegates ? 1 : 2)) return { text: `Done ${chance.below(100)}.` };
  if (delegates) {
    const tasks = Array.from({ length: 1 + chance.below(2) }, (_, index) => `Task ${index}-${chance.below(100)}.`);
    return { calls: tasks.map((task) => ({ tool: 'ask_worker', arguments: { task } })) };
  }
  const names = ['run_pipeline', 'notify', 'run_pipeline', 'look_up'];
  const calls = Array.from({ length: 1 + chance.below(3) }, () => names[chance.below(names.length)] ?? 'look_up');
  return { calls: calls.map((tool) => ({ tool, arguments: { value: String(chance.below(100)) } })) };
}

async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

const numbers = fc.array(fc.nat({ max: 9_999 }), { minLength: 50, maxLength: 400, size: 'max' });

/** How many of so many random schedules with two processes show a violation. */
async function countViolations(trials: number, mutations: TurnMutations): Promise<number> {
  const schedules = fc.sample(numbers, { numRuns: trials, seed: 20261125 });
  const results: Result[] = [];
  for (const schedule of schedules) {
    results.push(await new Simulation({ chance: new Chance(schedule), processes: 2, mutations }).run());
  }
  return results.filter(({ violations }) => violations.length > 0).length;
}

describe('a turn under faults', { timeout: 120_000 }, () => {
  test('loses and doubles nothing when its process is killed at any boundary', async () => {
    // The model is the same in all trials, so that only the kill differs.
    const script = Array.from({ length: 60 }, (_, index) => 7 + index * 12);
    const undisturbed = await new Simulation({ chance: new Chance(script), processes: 1 }).run();
    expect(undisturbed).toMatchObject({ violations: [] });
    for (let killAt = 1; killAt <= undisturbed.passages; killAt++) {
      const result = await new Simulation({ chance: new Chance(script), processes: 1, killAt }).run();
      expect({ killAt, ...result }).toMatchObject({ killAt, violations: [] });
    }
    expect(undisturbed.passages).toBeGreaterThan(20);
  });

  test.each([1, 2, 3])('loses and doubles nothing with %i processes, whatever the schedule', async (processes) => {
    let kills = 0;
    await fc.assert(
      fc.asyncProperty(numbers, async (schedule) => {
        const result = await new Simulation({ chance: new Chance(schedule), processes }).run();
        kills += result.kills;
        expect(result.violations).toEqual([]);
      }),
      { numRuns: 200, endOnFailure: true, interruptAfterTimeLimit: 60_000 },
    );
    expect(kills).toBeGreaterThan(100);
  });

  const mutants: Record<string, TurnMutations> = {
    'without compare-and-swap': { withoutCompareAndSwap: true },
    'with effects before the journal': { effectBeforeJournal: true },
    'with effects named by chance': { randomEffectKey: randomKeys() },
  };
  test.each(Object.entries(mutants))('is seen to go wrong %s', async (_name, mutations) => {
    expect(await countViolations(60, mutations)).toBeGreaterThan(0);
  });

  test('is right in the very schedules that show the mutants', async () => {
    expect(await countViolations(60, {})).toBe(0);
  });
});

function randomKeys(): () => string {
  let count = 0;
  return () => `random${count++}`;
}
