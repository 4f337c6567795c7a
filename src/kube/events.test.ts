import { beforeEach, expect, test } from 'vitest';
import { createLog } from '../base/log.ts';
import { createMetrics, type Metrics } from '../base/metrics.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { FakeKube } from '../testing/fake-kube.ts';
import { createEventRecorder, type EventRecorder } from './events.ts';
import { type KubeObject } from './kube-client.ts';
import { resourceTypes } from './resource-types.ts';

const regarding: KubeObject = {
  apiVersion: 'swarm.mlops.dev/v1alpha1',
  kind: 'Turn',
  metadata: { name: 'churn-1', namespace: 'team-a', uid: 'u-1' },
};
const started = { regarding, type: 'Normal', reason: 'RunStarted', message: 'Started churn-train' } as const;

let clock: FakeClock;
let kube: FakeKube;
let metrics: Metrics;
let events: EventRecorder;

interface Recorded extends KubeObject {
  readonly note?: string;
  readonly series?: { readonly count: number };
}
const recorded = () => kube.all<Recorded>(resourceTypes.event);

beforeEach(() => {
  clock = new FakeClock('2026-03-01T10:00:00Z');
  kube = new FakeKube({ clock });
  metrics = createMetrics();
  const log = createLog({ level: 'error' });
  events = createEventRecorder({
    client: kube,
    clock,
    log,
    metrics,
    controller: 'swarm.mlops.dev/operator',
    instance: 'pod-1',
  });
});

test('an Event names its object, its reason and who reports it', async () => {
  events.record(started);
  await events.flush();
  expect(recorded()).toMatchObject([
    {
      metadata: { namespace: 'team-a' },
      regarding: { kind: 'Turn', name: 'churn-1', uid: 'u-1' },
      type: 'Normal',
      reason: 'RunStarted',
      note: 'Started churn-train',
      eventTime: '2026-03-01T10:00:00.000000Z',
      reportingController: 'swarm.mlops.dev/operator',
      reportingInstance: 'pod-1',
    },
  ]);
});

test('what is said again becomes a count, written once for all repetitions of half a minute', async () => {
  for (let time = 0; time < 5; time++) events.record(started);
  await events.flush();
  await clock.advance(30_000);
  await events.flush();
  expect(recorded()).toMatchObject([{ series: { count: 5 } }]);
  expect(kube.requests.map(({ verb }) => verb)).toEqual(['create', 'mergePatch']);
});

test('something else is another Event, and so is the same after ten minutes', async () => {
  events.record(started);
  events.record({ ...started, message: 'Started other' });
  await clock.advance(11 * 60_000);
  events.record(started);
  await events.flush();
  expect(recorded()).toHaveLength(3);
});

test('a note is cut to what the API server takes, between characters', async () => {
  events.record({ ...started, message: 'ä'.repeat(2000) });
  await events.flush();
  const note = recorded()[0]?.note ?? '';
  expect(Buffer.byteLength(note)).toBeLessThanOrEqual(1024);
  expect(note).toMatch(/^ä+…$/);
});

test('a refusal is counted and troubles nobody', async () => {
  kube.fail({ matches: () => true, error: new Error('no') });
  events.record(started);
  events.record({ ...started, reason: 'Other' });
  await events.flush();
  expect(recorded()).toHaveLength(1);
  expect(await metrics.registry.metrics()).toContain('swarm_events_dropped_total 1');
});

test('beyond a thousand waiting, Events are dropped instead of kept', async () => {
  for (let count = 0; count < 1500; count++) events.record({ ...started, message: `message ${count}` });
  await events.flush();
  expect(recorded().length).toBeLessThan(1100);
  expect(await metrics.registry.metrics()).toMatch(/swarm_events_dropped_total 4\d\d/);
});
