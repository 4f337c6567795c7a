import { beforeEach, expect, test } from 'vitest';
import { createLog } from '../base/log.ts';
import { createMetrics } from '../base/metrics.ts';
import { KubeApiError } from '../kube/errors.ts';
import { type KubeObject } from '../kube/kube-client.ts';
import { resourceTypes } from '../kube/resource-types.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { FakeKube, type FakeRequest } from '../testing/fake-kube.ts';
import { LeaderElector } from './leader-elector.ts';

const durationMs = 15_000;
let clock: FakeClock;
let kube: FakeKube;

interface Lease extends KubeObject {
  readonly spec: { readonly holderIdentity: string; readonly leaseTransitions: number };
}
const theLease = () => kube.all<Lease>(resourceTypes.lease)[0];

beforeEach(() => {
  clock = new FakeClock('2026-06-01T00:00:00Z');
  kube = new FakeKube({ clock });
});

const electorFor = (identity: string, ownClock = clock) =>
  new LeaderElector({
    client: kube,
    clock: ownClock,
    random: () => 0,
    log: createLog({ level: 'error', destination: { write: () => undefined } }),
    metrics: createMetrics(),
    lease: { namespace: 'swarm-system', name: 'swarm', identity, durationMs },
  });

const unreachable = (matches: (request: FakeRequest) => boolean, times = Infinity) => {
  kube.fail({ matches, error: new KubeApiError({ status: 0, reason: 'ConnectionFailed', message: 'down' }), times });
};

test('the first one leads, the second waits', async () => {
  const [first, second] = [electorFor('first'), electorFor('second')];
  expect(await first.acquire()).toBe(true);
  void second.acquire();
  await clock.advance(10 * 60_000);
  expect(first.isLeading()).toBe(true);
  expect(second.isLeading()).toBe(false);
  expect(theLease()?.spec.holderIdentity).toBe('first');
});

test('of two that start together only one leads', async () => {
  const electors = [electorFor('one'), electorFor('two')];
  for (const elector of electors) void elector.acquire();
  await clock.advance(60_000);
  expect(electors.filter((elector) => elector.isLeading())).toHaveLength(1);
});

test('a lease that is given back is taken at once, and the fencing number grows', async () => {
  const [first, second] = [electorFor('first'), electorFor('second')];
  await first.acquire();
  const before = first.epoch();
  void second.acquire();
  await clock.advance(1_000);
  await first.release();
  expect(first.isLeading()).toBe(false);
  await clock.advance(2_500);
  expect(second.isLeading()).toBe(true);
  expect(second.epoch()).toBeGreaterThan(before);
});

test('a leader that has died is followed when its lease has not changed for its duration', async () => {
  kube.seed(resourceTypes.lease, {
    metadata: { namespace: 'swarm-system', name: 'swarm' },
    spec: {
      holderIdentity: 'dead',
      leaseDurationSeconds: 15,
      leaseTransitions: 7,
      renewTime: '2099-01-01T00:00:00.000000Z',
    },
  });
  const successor = electorFor('successor');
  void successor.acquire();
  await clock.advance(14_000);
  expect(successor.isLeading()).toBe(false);
  await clock.advance(5_000);
  expect(successor.isLeading()).toBe(true);
  expect(successor.epoch()).toBe(8);
});

test('clocks that differ by an hour make no second leader', async () => {
  const first = electorFor('first');
  await first.acquire();
  const ahead = new FakeClock('2026-06-01T01:00:00Z');
  const second = electorFor('second', ahead);
  void second.acquire();
  for (let second = 0; second < 120; second++) {
    await clock.advance(1_000);
    await ahead.advance(1_000);
  }
  clock.jumpWallClock(-3_600_000);
  await clock.advance(60_000);
  expect(first.isLeading()).toBe(true);
  expect(second.isLeading()).toBe(false);
});

test('a leader that cannot renew stops before others may take over', async () => {
  const elector = electorFor('first');
  await elector.acquire();
  await clock.advance(60_000);
  unreachable(({ verb }) => verb === 'replace');
  const startMs = clock.monotonicMs();
  let lostMs: number | undefined;
  elector.lost.addEventListener('abort', () => (lostMs = clock.monotonicMs()));
  await clock.advance(30_000);
  expect(elector.isLeading()).toBe(false);
  expect(lostMs).toBeDefined();
  expect((lostMs ?? Infinity) - startMs).toBeLessThanOrEqual(10_000);
});

test('a short outage costs nothing', async () => {
  const elector = electorFor('first');
  await elector.acquire();
  unreachable(({ verb }) => verb === 'replace', 3);
  await clock.advance(60_000);
  expect(elector.isLeading()).toBe(true);
  expect(elector.lost.aborted).toBe(false);
});

test('a renewal whose answer was lost does not end the term', async () => {
  const elector = electorFor('first');
  await elector.acquire();
  const error = new KubeApiError({ status: 0, reason: 'ConnectionFailed', message: 'cut' });
  kube.fail({ matches: ({ verb }) => verb === 'replace', error, afterExecution: true });
  await clock.advance(60_000);
  expect(elector.isLeading()).toBe(true);
});

test('a lease that somebody else took is lost at once', async () => {
  const elector = electorFor('first');
  await elector.acquire();
  const spec = { holderIdentity: 'thief', leaseTransitions: 99 };
  await kube.mergePatch(resourceTypes.lease, { namespace: 'swarm-system', name: 'swarm' }, { spec });
  await clock.advance(3_000);
  expect(elector.lost.aborted).toBe(true);
  expect(elector.isLeading()).toBe(false);
});

test('a process that was frozen knows at once that its time is over, before any timer fires', async () => {
  const elector = electorFor('first');
  await elector.acquire();
  await clock.advance(4_000);
  expect(elector.isLeading()).toBe(true);
  const frozen = clock.monotonicMs.bind(clock);
  clock.monotonicMs = () => frozen() + 20_000;
  expect(elector.isLeading()).toBe(false);
});

test('a deleted lease does not bring the fencing number down', async () => {
  const first = electorFor('first');
  await first.acquire();
  const before = first.epoch();
  await first.release();
  await kube.delete(resourceTypes.lease, { namespace: 'swarm-system', name: 'swarm' });
  await clock.advance(60_000);
  const second = electorFor('second');
  await second.acquire();
  expect(second.epoch()).toBeGreaterThan(before);
});

test('one that gives up waiting never leads', async () => {
  const [first, second] = [electorFor('first'), electorFor('second')];
  await first.acquire();
  const waiting = second.acquire();
  await clock.advance(5_000);
  await second.release();
  expect(await waiting).toBe(false);
  await first.release();
  await clock.advance(60_000);
  expect(theLease()?.spec.holderIdentity).toBe('');
});
