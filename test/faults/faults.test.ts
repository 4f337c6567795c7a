import { afterEach, describe, expect, it } from 'vitest';
import { boundaries } from '../../src/turns/boundaries.ts';
import { FaultProxy, type ProxiedRequest } from '../support/fault-proxy.ts';
import { installSwarm, reinstallSwarm } from '../support/operator-under-test.ts';
import { testCluster } from '../support/test-cluster.ts';
import { Arena } from './arena.ts';
import { Campaign } from './campaign.ts';
import { dropJournalRules } from './journal-rules.ts';
import { mutationNames, type MutationName } from './orders.ts';
import { type Verdict } from './verdict.ts';

/** Turns that are held at a boundary when their process is killed: one trial each. */
const wantedTrials = Number(process.env['SWARM_FAULT_TRIALS'] ?? '120');
/** A mutation must be found out within so many rounds. */
const mutationRounds = 3;

const innocent = { lost: [], duplicated: [], stuck: [] };
const innocentAlone = { ...innocent, keyedTwice: [] };
const sins = ({ lost, duplicated, stuck, keyedTwice }: Verdict) => [...lost, ...duplicated, ...stuck, ...keyedTwice];

describe('the operator, killed and cut off at every boundary of the engine', () => {
  const cluster = testCluster();
  const arenas: Arena[] = [];

  afterEach(async () => {
    await Promise.all(arenas.splice(0).map((arena) => arena.close(cluster.kubeconfig)));
    await reinstallSwarm(cluster);
  });

  async function openArena(): Promise<Arena> {
    await installSwarm(cluster);
    const arena = await Arena.open(cluster);
    arenas.push(arena);
    return arena;
  }

  async function report(what: string, arena: Arena, { trials, details }: Report): Promise<Verdict> {
    const verdict = await arena.verdict();
    const { lost, duplicated, stuck, keyedTwice, effects, ambiguous } = verdict;
    const counts = `lost ${lost.length}, duplicated ${duplicated.length}, stuck ${stuck.length}`;
    console.log(`${what}: trials ${trials}, ${counts}`);
    console.log(`  ${effects} effects, ${ambiguous} ambiguous, ${keyedTwice.length} keys twice; ${details}`);
    return verdict;
  }

  it(`loses and doubles nothing when one operator is killed, in ${wantedTrials} trials`, async () => {
    const arena = await openArena();
    const campaign = new Campaign({ arena, kubeconfig: cluster.kubeconfig });

    for (let round = 0; campaign.trials < wantedTrials; round += 1) {
      await campaign.killAtEach(boundaries, round % 3);
    }
    await campaign.finish();

    const verdict = await report('killed', arena, described(campaign));
    expect(verdict).toMatchObject(innocentAlone);
    expect([...campaign.heldAt.keys()]).toEqual([...boundaries]);
    expect(Math.min(...campaign.heldAt.values())).toBeGreaterThan(0);
  });

  it('loses and doubles nothing when two operators work at once, and one is frozen or killed', async () => {
    const arena = await openArena();
    const campaign = new Campaign({ arena, kubeconfig: cluster.kubeconfig });

    for (let round = 0; campaign.trials < wantedTrials / 4; round += 1) {
      await campaign.fightTwins(boundaries, round % 2 === 0 ? 'go-on' : 'kill');
    }
    await campaign.finish();

    // Both may ask a receiver by key before either has told it to begin: docs/turn-engine.md says so of these effects.
    expect(await report('two operators', arena, described(campaign))).toMatchObject(innocent);
  });

  it('loses and doubles nothing when the API server and the receivers carry out what they never answer', async () => {
    const arena = await openArena();
    const proxy = await FaultProxy.start(cluster.kubeconfig);
    const campaign = new Campaign({ arena, kubeconfig: proxy.writeKubeconfig() });
    let writes = 0;
    let dropped = 0;
    const isUnlucky = ({ method }: ProxiedRequest) => {
      if (method === 'GET') return false;
      writes += 1;
      if (writes % 4 === 0) dropped += 1;
      return writes % 4 === 0;
    };
    proxy.inject({ when: isUnlucky, fault: { kind: 'drop-reply' }, times: Infinity });
    await arena.setWeather(0.25);

    while (dropped < wantedTrials / 4) await campaign.workOff(['mixed', 'approved', 'external']);
    await campaign.finish();

    const details = `${writes} writes to the API server, each fourth unanswered`;
    const verdict = await report('replies dropped', arena, { trials: dropped, details });
    await proxy.close();
    expect(verdict).toMatchObject(innocentAlone);
  });

  it.each(mutationNames)('notices that %s', async (mutation) => {
    const arena = await openArena();
    const campaign = new Campaign({ arena, kubeconfig: cluster.kubeconfig, mutation });
    let found: readonly string[] = [];
    if (mutation === 'withoutCompareAndSwap') await dropJournalRules(cluster);

    for (let round = 0; round < mutationRounds && found.length === 0; round += 1) {
      await provoke(campaign, mutation);
      found = sins(await arena.verdict());
    }

    await report(mutation, arena, described(campaign));
    expect(found).not.toEqual([]);
  });
});

/** The shortest way to what a mutation breaks. */
async function provoke(campaign: Campaign, mutation: MutationName): Promise<void> {
  if (mutation === 'withoutCompareAndSwap') await campaign.fightTwins(['before-write', 'before-call'], 'go-on');
  else await campaign.killAtEach(['before-write', 'after-call'], 0);
  await campaign.finish();
}

interface Report {
  readonly trials: number;
  readonly details: string;
}

function described({ trials, heldAt }: Campaign): Report {
  return { trials, details: `held at ${[...heldAt].map(([boundary, count]) => `${boundary} ${count}`).join(', ')}` };
}
