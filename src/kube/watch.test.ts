import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLog } from '../base/log.ts';
import { createMetrics } from '../base/metrics.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { FakeKube } from '../testing/fake-kube.ts';
import { KubeApiError } from './errors.ts';
import { type KubeObject, type WatchQuery } from './kube-client.ts';
import { resourceTypes } from './resource-types.ts';
import { watchObjects } from './watch.ts';

const type = resourceTypes.configMap;
const aConfigMap = (name: string): KubeObject => ({ metadata: { name, namespace: 'team-a' } });

let clock: FakeClock;
let kube: FakeKube;
let stop: AbortController;
let seen: string[];
let logged: string[];

function follow(options: { optional?: boolean } = {}): Promise<void> {
  const watch = watchObjects({
    client: kube,
    type,
    clock,
    random: () => 0,
    log: createLog({ level: 'warn', destination: { write: (line) => logged.push(line) } }),
    metrics: createMetrics(),
    signal: stop.signal,
    ...options,
  });
  return (async () => {
    for await (const event of watch) {
      if (event.kind === 'listed') seen.push(`listed ${event.objects.map(({ metadata }) => metadata.name).join(' ')}`);
      else seen.push(`${event.kind} ${event.object.metadata.name}`);
    }
  })();
}

const listCount = () => kube.requests.filter(({ verb }) => verb === 'list').length;
const watchCount = () => kube.requests.filter(({ verb }) => verb === 'watch').length;
/** The watch as the server would speak if it spoke only these lines. */
function replaceLines(...sessions: (readonly string[] | 'silent')[]): void {
  const original = kube.watch.bind(kube);
  kube.watch = async function* (kind, query: WatchQuery, signal) {
    const lines = sessions.shift();
    if (lines === undefined) {
      yield* original(kind, query, signal);
      return;
    }
    if (lines !== 'silent') {
      yield* lines;
      return;
    }
    await clock.sleep(3_600_000, signal);
  };
}

beforeEach(() => {
  clock = new FakeClock();
  kube = new FakeKube({ clock });
  stop = new AbortController();
  seen = [];
  logged = [];
});
afterEach(() => {
  stop.abort(new Error('the test is over'));
});

test('lists once, then tells every change', async () => {
  kube.seed(type, aConfigMap('a'));
  void follow();
  await clock.advance(0);
  await kube.create(type, aConfigMap('b'));
  await kube.mergePatch(type, { namespace: 'team-a', name: 'a' }, { data: { x: '1' } });
  await kube.delete(type, { namespace: 'team-a', name: 'b' });
  await clock.advance(0);
  expect(seen).toEqual(['listed a', 'put b', 'put a', 'removed b']);
});

test('resumes without a list when the server ends a watch, and misses nothing in between', async () => {
  void follow();
  await clock.advance(2_000);
  kube.dropWatches();
  await kube.create(type, aConfigMap('between'));
  await clock.advance(0);
  expect(seen).toEqual(['listed ', 'put between']);
  expect(listCount()).toBe(1);
});

test('lists again, once, when its version is forgotten', async () => {
  void follow();
  await clock.advance(2_000);
  await kube.create(type, aConfigMap('a'));
  await clock.advance(0);
  const stale = kube.watch.bind(kube);
  kube.watch = async function* () {
    kube.watch = stale;
    await Promise.resolve();
    yield* [];
    throw new KubeApiError({ status: 410, reason: 'Expired', message: 'too old' });
  };
  kube.dropWatches();
  await clock.advance(1_000);
  await kube.create(type, aConfigMap('b'));
  await clock.advance(0);
  expect(seen).toEqual(['listed ', 'put a', 'listed a', 'put b']);
});

test('a line that is no event leads back to the last good version', async () => {
  replaceLines(['{"type":"ADDED","object":{"metadata":{"na']);
  void follow();
  await kube.create(type, aConfigMap('a'));
  await clock.advance(1_000);
  await kube.create(type, aConfigMap('b'));
  await clock.advance(0);
  expect(seen).toEqual(['listed ', 'put a', 'put b']);
  expect(listCount()).toBe(1);
});

test('a version that leads to a broken line every time is stepped over with a list', async () => {
  replaceLines(['{'], ['null'], ['{"type":"NONSENSE"}']);
  void follow();
  await clock.advance(10_000);
  expect(listCount()).toBe(2);
  await kube.create(type, aConfigMap('a'));
  await clock.advance(0);
  expect(seen).toEqual(['listed ', 'listed ', 'put a']);
});

test('a silent connection is given up within a minute', async () => {
  replaceLines('silent');
  void follow();
  await clock.advance(0);
  await kube.create(type, aConfigMap('unheard'));
  await clock.advance(60_000);
  expect(seen).toEqual(['listed ', 'put unheard']);
  expect(listCount()).toBe(1);
});

test('a connection with now and then a line is not silent', async () => {
  void follow();
  for (let minute = 0; minute < 5; minute++) {
    await clock.advance(50_000);
    await kube.create(type, aConfigMap(`m${minute}`));
  }
  await clock.advance(0);
  expect(watchCount()).toBe(1);
});

test('a server that refuses everything is asked less and less, and never more often than it wants', async () => {
  const error = new KubeApiError({ status: 429, reason: 'TooManyRequests', message: 'wait', retryAfterMs: 20_000 });
  kube.fail({ matches: ({ verb }) => verb === 'list', error, times: 3 });
  void follow();
  await clock.advance(59_000);
  expect(listCount()).toBe(3);
  await clock.advance(2_000);
  expect(seen).toEqual(['listed ']);
});

test('a right that is missing is said once, with the words of the API server', async () => {
  const error = new KubeApiError({ status: 403, reason: 'Forbidden', message: 'cannot list resource "configmaps"' });
  kube.fail({ matches: ({ verb }) => verb === 'list', error, times: 5 });
  void follow();
  await clock.advance(60_000);
  expect(seen).toEqual(['listed ']);
  expect(logged).toEqual([expect.stringContaining(String.raw`cannot list resource \"configmaps\"`)]);
});

test('a watch that ends as soon as it begins is not resumed in a hot loop', async () => {
  replaceLines(...Array.from({ length: 500 }, () => []));
  void follow();
  await clock.advance(10_000);
  expect(listCount()).toBe(1);
  expect(seen).toEqual(['listed ']);
});

test('an optional kind that the cluster lacks counts as empty until it is served', async () => {
  const error = new KubeApiError({ status: 404, reason: 'NotFound', message: 'no such resource' });
  kube.fail({ matches: ({ verb }) => verb === 'list', error, times: 2 });
  kube.seed(type, aConfigMap('a'));
  void follow({ optional: true });
  await clock.advance(1);
  expect(seen).toEqual(['listed ']);
  await clock.advance(60_000);
  expect(seen.at(-1)).toBe('listed a');
});

test('ends when its signal fires', async () => {
  const ended = follow();
  await clock.advance(0);
  stop.abort(new Error('stopping'));
  await ended;
  expect(seen).toEqual(['listed ']);
});
