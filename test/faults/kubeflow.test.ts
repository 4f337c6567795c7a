import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Boundary } from '../../src/turns/boundaries.ts';
import { type CrashPoint } from '../kfp/simulator/world.ts';
import { installSwarm } from '../support/operator-under-test.ts';
import { type Program } from '../support/program.ts';
import { testCluster } from '../support/test-cluster.ts';
import { waitFor } from '../support/wait-for.ts';
import { BackendArena } from './backend-arena.ts';
import { Campaign } from './campaign.ts';
import { CrashTally } from './crash-tally.ts';
import { type Verdict } from './verdict.ts';
import { wave, type WaveKind } from './wave.ts';
import { catchEffects, type Held, loseEveryThirdAnswer } from './wire-weather.ts';
import { fair, type Stage } from './wire.ts';

const wantedTrials = Number(process.env['SWARM_FAULT_TRIALS'] ?? '120');
/** Waits are so many times shorter: 25 s instead of 150 s for a run that Kubeflow Pipelines may have begun. */
const hurry = 6;
/** A long campaign takes those of a Kubeflow Pipelines that dies as they are. */
const hurryOfCrashes = wantedTrials > 300 ? 1 : hurry;
/** Conversations that send what is caught on the wire, and what they send before any of it is answered. */
const senders = { conversations: 8, effects: 14 };
/** Conversations that meet one death of Kubeflow Pipelines. */
const crowd = 3;

/** Those that a `named` or `keyed` effect passes. */
const boundaries: readonly Boundary[] = [
  'observed',
  'before-call',
  'after-call',
  'before-model',
  'after-model',
  'before-write',
  'after-write',
  'before-approval-used',
  'after-approval-used',
];
const waveOf = (boundary: Boundary): WaveKind =>
  boundary.endsWith('approval-used') ? 'approved-backends' : 'backends';
const innocent = { lost: [], duplicated: [], stuck: [], keyedTwice: [] };

interface Outcome {
  readonly trials: number;
  readonly details: string;
}

describe('effects on Kubeflow Pipelines and on an object store', () => {
  const cluster = testCluster();
  const { kubeconfig } = cluster;

  beforeAll(() => installSwarm(cluster));

  /** Every battle has its own namespace, Kubeflow Pipelines and bucket, so that they can go on side by side. */
  async function fight(
    what: string,
    battle: (arena: BackendArena) => Promise<Outcome>,
    speed = hurry,
  ): Promise<Verdict> {
    const arena = await BackendArena.open(cluster, speed);
    try {
      const { trials, details } = await battle(arena);
      const verdict = await arena.verdict();
      const { lost, duplicated, stuck, effects } = verdict;
      const counts = `lost ${lost.length}, duplicated ${duplicated.length}, stuck ${stuck.length}`;
      console.log(`${what}: trials ${trials}, ${counts}\n  ${effects} effects; ${details}`);
      expect(trials).toBeGreaterThan(0);
      return verdict;
    } finally {
      await arena.close(kubeconfig);
    }
  }

  async function finish(arena: BackendArena, operator: Program = arena.operator({ kubeconfig })): Promise<void> {
    await waitFor('all turns have ended', () => arena.attend(), {
      withinMs: 60_000 + 300_000 / arena.hurry,
      explain: () => operator.tail(),
    }).catch(console.error); // the verdict says what is stuck
    await operator.stop();
  }

  it.concurrent(
    'happen once when the operator is killed at every boundary and every third answer is lost',
    async () => {
      const verdict = await fight('operator killed', async (arena) => {
        const campaign = new Campaign({ arena, kubeconfig, waveOf });
        const lost = loseEveryThirdAnswer(arena.wires);
        while (campaign.trials < wantedTrials / 6) await campaign.killAtEach(boundaries, 0);
        await campaign.finish();

        expect([...campaign.heldAt.keys()]).toEqual(boundaries);
        expect(Math.min(...campaign.heldAt.values())).toBeGreaterThan(0);
        const held = [...campaign.heldAt].map(([boundary, count]) => `${boundary} ${count}`).join(', ');
        return { trials: campaign.trials, details: `${lost()} answers lost; held at ${held}` };
      });
      expect(verdict).toMatchObject(innocent);
    },
  );

  /** Kills the operator when all that it has sent is caught on the wire, and lets another one finish. */
  async function killOnTheWire(arena: BackendArena, held: Held): Promise<number> {
    const caught = catchEffects(arena.wires, held);
    const operator = arena.operator({ kubeconfig });
    await send(arena, 'backends', { number: held === 'answer' ? 1 : 2, size: senders.conversations });
    await waitFor('everything is under way', () => Promise.resolve(caught.crossings.length >= senders.effects), {
      withinMs: 60_000,
      explain: () => `${caught.crossings.length} are`,
    });
    await operator.kill();
    caught.letGo();
    await finish(arena);
    // Requests have arrived by now, late as they are.
    expect(caught.crossings.filter(({ status }) => status === undefined)).toEqual([]);
    return caught.crossings.length;
  }

  it.concurrent('happen once when the operator dies while its requests or their answers are under way', async () => {
    const verdict = await fight('operator killed on the wire', async (arena) => {
      const answers = await killOnTheWire(arena, 'answer');
      const requests = await killOnTheWire(arena, 'request');
      const details = `${answers} answers were lost, ${requests} requests arrived after a successor had looked`;
      return { trials: answers + requests, details };
    });
    expect(verdict).toMatchObject(innocent);
  });

  it.concurrent('are noticed when a run happens twice, because a request was under way too long', async () => {
    const { duplicated } = await fight('requests later than can be', async (arena) => {
      const trials = await killOnTheWire(arena, 'late request');
      return { trials, details: 'they arrived after a successor had asked again' };
    });
    expect(duplicated.join('\n')).toMatch(/run_pipeline\) took effect 2 times/);
    expect(duplicated.join('\n')).not.toMatch(/put_object/);
  });

  it.concurrent('happen once when Kubeflow Pipelines dies before, amid and after making a run', async () => {
    const killed = (arena: BackendArena) => killKubeflow(arena);
    const verdict = await fight('Kubeflow Pipelines killed', killed, hurryOfCrashes);
    expect(verdict).toMatchObject(innocent);
  });

  async function killKubeflow(arena: BackendArena): Promise<Outcome> {
    const tally = new CrashTally(arena);
    let number = 0;
    const crash = async (arrange: () => Promise<void> | void, kind: WaveKind, meanwhile?: () => Promise<void>) => {
      await arrange();
      await send(arena, kind, { number: (number += 1), size: crowd });
      await died(arena);
      await meanwhile?.();
      arena.wires[0].weather = fair;
      await sleep(300);
      await arena.kubeflow.restart();
      await tally.take();
    };
    const at = (point: CrashPoint) => () => arena.kubeflow.crashAt(point);

    // Who asks next knows nothing of what was sent.
    const first = arena.operator({ kubeconfig });
    await crash(at('after-workflow'), 'kubeflow-runs', () => first.kill());
    const operator = arena.operator({ kubeconfig });
    for (const point of ['after-row', 'before-workflow', 'after-workflow'] as const) {
      await crash(at(point), 'kubeflow-runs');
    }
    for (const stage of ['request', 'answer'] as const) {
      await crash(() => {
        killOnSchedule(arena, stage);
      }, 'kubeflow-schedules');
    }
    await finish(arena, operator);

    const [remembered, orphaned, forgotten] = tally.counts;
    expect(tally.askedAgain).toEqual([]);
    expect(Math.min(...tally.counts)).toBeGreaterThan(0);
    const details = `when it died it had ${remembered} of them, the execution alone of ${orphaned}, nothing of ${forgotten}`;
    return { trials: tally.trials, details };
  }
});

/** Kubeflow Pipelines is killed before it gets to know of a schedule, or when it has made it. */
function killOnSchedule({ kubeflow, wires: [wire] }: BackendArena, stage: Stage): void {
  wire.weather = async ({ effect }, at) => {
    if (at !== stage || effect?.startsWith('swarm:') !== true) return 'on';
    await kubeflow.kill();
    return 'lost';
  };
}

/** Conversations that start together. */
async function send(
  arena: BackendArena,
  kind: WaveKind,
  { number, size }: { readonly number: number; readonly size?: number },
): Promise<void> {
  await Promise.all(wave(kind, number, size).map((conversation) => arena.converse(conversation)));
}

async function died({ kubeflow }: BackendArena): Promise<void> {
  const isOver = await Promise.race([kubeflow.exit.then(() => true), sleep(60_000)]);
  if (isOver !== true) throw new Error(`Kubeflow Pipelines did not die:\n${kubeflow.tail()}`);
}
