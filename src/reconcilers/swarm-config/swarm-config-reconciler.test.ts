import { expect, test } from 'vitest';
import { conditionOf } from '../../api/conditions.ts';
import { kinds } from '../../api/group.ts';
import type { SwarmConfig } from '../../api/swarm-config.ts';
import { ObjectCache } from '../../operator/cache.ts';
import { aSwarmConfig } from '../../testing/builders.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { FakeKube } from '../../testing/fake-kube.ts';
import type { Finding } from './observed.ts';
import { createSwarmConfigReconciler } from './swarm-config-reconciler.ts';

const good: Finding = {
  type: 'ModelReady',
  status: 'True',
  reason: 'Available',
  message: 'It answers.',
  timeMayHelp: true,
};
const missing: Finding = {
  type: 'ModelReady',
  status: 'False',
  reason: 'SecretNotFound',
  message: 'There is no Secret llm in namespace team-a.',
  timeMayHelp: false,
};
const down: Finding = {
  type: 'TektonReady',
  status: 'False',
  reason: 'TektonUnavailable',
  message: 'It does not answer.',
  timeMayHelp: true,
};

function aWorld(findings: Finding[]) {
  const clock = new FakeClock('2026-11-25T08:00:00.000Z');
  const kube = new FakeKube({ clock });
  const configs = new ObjectCache<SwarmConfig>();
  kube.seed(kinds.swarmConfig, aSwarmConfig());
  let probed = 0;
  const probe = () => {
    probed += 1;
    return Promise.resolve(findings);
  };
  const probes = [0, 1].map((index) => async () => (await probe())[index]);
  const reconciler = createSwarmConfigReconciler({ kube, configs, clock, probes });
  const reconcile = async () => {
    const { items, resourceVersion } = await kube.list<SwarmConfig>(kinds.swarmConfig);
    configs.replaceAll(items, resourceVersion);
    const signal = new AbortController().signal;
    const log = { debug: none, info: none, warn: none, error: none, child: () => log };
    return reconciler.reconcile('team-a/default', { signal, log });
  };
  const status = () => kube.all<SwarmConfig>(kinds.swarmConfig)[0]?.status ?? {};
  return { clock, kube, reconcile, status, findings, probes: () => probed };
}
function none(): void {
  // These tests look at the state of the world.
}

test('it is ready when everything answers, and looked at again later', async () => {
  const world = aWorld([good]);
  expect(await world.reconcile()).toEqual({ kind: 'later', afterMs: 300_000 });
  expect(world.status().phase).toBe('Ready');
  expect(conditionOf(world.status().conditions, 'ModelReady')?.status).toBe('True');
});

test('it stalls on what only a person can put right, says what, and heals by itself', async () => {
  const findings = [missing];
  const world = aWorld(findings);
  await world.reconcile();
  const { conditions } = world.status();
  expect(conditionOf(conditions, 'Stalled')).toMatchObject({ status: 'True', reason: 'SecretNotFound' });
  expect(conditionOf(conditions, 'Ready')?.message).toContain('There is no Secret llm in namespace team-a.');

  findings[0] = good;
  await world.clock.advance(5_000);
  await world.reconcile();
  expect(conditionOf(world.status().conditions, 'Stalled')).toBeUndefined();
  expect(world.status().phase).toBe('Ready');
});

test('it does not stall on what time may heal', async () => {
  const world = aWorld([good, down]);
  await world.reconcile();
  expect(conditionOf(world.status().conditions, 'Stalled')).toBeUndefined();
  expect(conditionOf(world.status().conditions, 'Reconciling')?.reason).toBe('TektonUnavailable');
});

test('the condition of a part that is no longer named goes away', async () => {
  const findings = [good, down];
  const world = aWorld(findings);
  await world.reconcile();
  findings.pop();
  await world.clock.advance(60_000);
  await world.reconcile();
  expect(conditionOf(world.status().conditions, 'TektonReady')).toBeUndefined();
});

test('what stays wrong is looked at less and less often, and written only when there is news', async () => {
  const world = aWorld([missing]);
  const pausesMs: number[] = [];
  for (let round = 0; round < 12; round++) {
    const outcome = await world.reconcile();
    if (outcome.kind !== 'later') throw new Error('it must be looked at again');
    pausesMs.push(outcome.afterMs);
    await world.clock.advance(outcome.afterMs);
  }
  expect(pausesMs[0]).toBe(5_000);
  expect(pausesMs.at(-1)).toBeGreaterThan(10_000);
  expect(Math.max(...pausesMs)).toBeLessThanOrEqual(60_000);
  expect(world.kube.requests.filter(({ verb }) => verb === 'replaceStatus')).toHaveLength(1);
});

test('its own write is no reason to ask everybody again', async () => {
  const world = aWorld([good]);
  await world.reconcile();
  const before = world.probes();
  await world.reconcile();
  expect(world.probes()).toBe(before);
});

test('advice does not make it degraded', async () => {
  const advice: Finding = {
    type: 'ConditionalWrites',
    status: 'False',
    reason: 'NotConditional',
    message: 'The store overwrites.',
    timeMayHelp: true,
    isAdvice: true,
  };
  const world = aWorld([good, advice]);
  await world.reconcile();
  expect(world.status().phase).toBe('Ready');
  expect(conditionOf(world.status().conditions, 'ConditionalWrites')?.status).toBe('False');
});
