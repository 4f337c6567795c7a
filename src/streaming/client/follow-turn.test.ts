import fastCheck from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Turn, type TurnStatus } from '../../api/turn.ts';
import { withCondition } from '../../api/conditions.ts';
import { aTurn } from '../../testing/builders.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { type TurnEvent } from '../turn-event.ts';
import { liveToken, turnEvents } from '../turn-events.ts';
import { Deduplicator } from './deduplicator.ts';
import { followTurn } from './follow-turn.ts';
import { type StreamMode, type StreamPorts, type TransportNotice } from './stream-ports.ts';

const stream = { namespace: 'swarm-system', certificateSHA256: '00' };
const stageMs = 100;

const step = (outcome?: 'Succeeded'): TurnStatus['steps'] => [
  {
    index: 0,
    frame: '',
    agent: 'supervisor',
    model: 'm',
    decidedAt: '2026-01-01T00:00:00.000Z',
    finish: 'tool-calls',
    text: 'Let me see',
    usage: { inputTokens: 1, outputTokens: 1 },
    calls: [
      {
        id: '0.0',
        tool: 'list_runs',
        arguments: '{}',
        argumentsDigest: 'd',
        effect: 'pure',
        effectKey: 'k',
        ...(outcome && { outcome: { state: outcome, summary: 'Two runs.' } }),
      },
    ],
  },
];

function stage(status: Partial<TurnStatus>, live?: [answer: string, text: string]): Turn {
  return aTurn({
    status: {
      phase: 'Thinking',
      stream,
      ...status,
      ...(live && { live: { agent: 'supervisor', frame: '', answer: live[0], offset: 0, text: live[1] } }),
    },
  });
}

function conditionsOf(types: readonly ('Finished' | 'Succeeded')[]): TurnStatus['conditions'] {
  return types.reduce<TurnStatus['conditions']>(
    (conditions, type) =>
      withCondition(
        conditions,
        { type, status: 'True', reason: 'Answered', message: '' },
        {
          now: new Date(0),
          generation: 1,
        },
      ),
    [],
  );
}

/** What a Turn looks like over time. */
const stages: readonly Turn[] = [
  stage({}),
  stage({}, ['a', 'Let ']),
  stage({}, ['a', 'Let me ']),
  stage({}, ['a', 'Let me see']),
  stage({ steps: step() }),
  stage({ steps: step('Succeeded') }),
  stage({ steps: step('Succeeded') }, ['b', 'You have ']),
  stage({ steps: step('Succeeded') }, ['b', 'You have two runs.']),
  stage({
    phase: 'Succeeded',
    steps: step('Succeeded'),
    reply: 'You have two runs.',
    conditions: conditionsOf(['Finished', 'Succeeded']),
  }),
];

/** What a server would have told, and at which stage. */
const log = (() => {
  const seen = new Deduplicator();
  return stages.flatMap((turn, at) => {
    const token = liveToken(turn);
    return [...turnEvents(turn), ...(token ? [token] : [])]
      .map((event) => seen.fresh(event))
      .filter((event) => event !== undefined)
      .map((event) => ({ at, event }));
  });
})();
const told = log.map(({ event }) => event);

type Ending = 'ends' | 'breaks' | 'hangs';

interface Connection {
  readonly afterEvents: number;
  readonly ending: Ending;
}

/** A turn that goes on by itself, and a server whose connections end as they are told to. */
class World {
  readonly clock = new FakeClock();
  readonly requests: Readonly<Record<string, string>>[] = [];
  readonly #connections: Connection[];
  /** How many statuses the watch leaves out, as one that resumes does. */
  readonly #every: number;

  constructor(connections: readonly Connection[] = [], every = 1) {
    this.#connections = [...connections];
    this.#every = every;
  }

  readonly ports: StreamPorts = {
    watchTurn: (_turn, signal) => this.#watch(signal),
    openPortForward: () => Promise.reject(new Error('there is no pod')),
    proxyRequest: async ({ headers }, signal) => {
      this.requests.push(headers);
      return Promise.resolve({ body: this.#body(headers, signal) });
    },
  };

  get #stage(): number {
    return Math.min(stages.length - 1, Math.floor(this.clock.monotonicMs() / stageMs));
  }

  async *#watch(signal: AbortSignal): AsyncGenerator<Turn | 'gone'> {
    for (let shown = -1; ;) {
      const now = this.#stage;
      const isLeftOut = now % this.#every !== 0 && now !== stages.length - 1;
      if (now !== shown && !isLeftOut) yield stages[(shown = now)] ?? 'gone';
      await this.clock.sleep(10, signal);
    }
  }

  async *#body(headers: Readonly<Record<string, string>>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const { afterEvents, ending } = this.#connections.shift() ?? { afterEvents: Infinity, ending: 'ends' };
    const from = Number(headers['last-event-id']?.split('.')[1] ?? 0);
    for (const [index, { at, event }] of log.entries()) {
      if (index < from) continue;
      while (at > this.#stage) await this.clock.sleep(10, signal);
      if (index - from >= afterEvents) {
        if (ending === 'breaks') throw new Error('connection reset');
        while (ending === 'hangs') await this.clock.sleep(1_000, signal);
        return;
      }
      yield Buffer.from(`id: log.${index + 1}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    }
  }
}

interface Followed {
  readonly events: TurnEvent[];
  readonly notices: TransportNotice[];
  readonly tookMs: number;
}

async function follow(
  world: World,
  { mode = 'auto', ports = world.ports }: { mode?: StreamMode; ports?: StreamPorts } = {},
): Promise<Followed> {
  const events: TurnEvent[] = [];
  const notices: TransportNotice[] = [];
  const progress = { isOver: false };
  const following = (async () => {
    const options = { turn: { namespace: 'team', name: stages[0]?.metadata.name ?? '' }, key: 'secret', mode, ports };
    const random = () => 0.5;
    const { signal } = new AbortController();
    const onTransport = (notice: TransportNotice) => notices.push(notice);
    for await (const event of followTurn({ ...options, clock: world.clock, random, signal, onTransport })) {
      events.push(event);
    }
  })().finally(() => {
    progress.isOver = true;
  });
  following.catch(() => undefined);
  for (let turns = 0; !progress.isOver && turns < 20_000; turns++) await world.clock.advance(10);
  await following;
  return { events, notices, tookMs: world.clock.monotonicMs() };
}

function textOf(events: readonly TurnEvent[], answer: string): string {
  return events.map((event) => (event.type === 'token' && event.answer === answer ? event.text : '')).join('');
}

const keysOf = (events: readonly TurnEvent[]) => events.filter(({ type }) => type !== 'token').map(({ key }) => key);

/** In any order, because a status may be seen late: but all, once, and the end at the end. */
function expectWhole({ events }: Followed): void {
  expect(textOf(events, 'a')).toBe('Let me see');
  expect(textOf(events, 'b')).toBe('You have two runs.');
  expect(keysOf(events).toSorted()).toEqual(keysOf(told).toSorted());
  expect(events.at(-1)).toMatchObject({ type: 'done' });
}

describe('a turn that is followed', () => {
  test('is told by its stream in the order of the stream', async () => {
    const { events, notices } = await follow(new World());
    expect(events).toEqual(told);
    expect(notices).toEqual([{ transport: 'proxy', failures: [] }]);
  });

  test('is told by its status alone when that is wanted', async () => {
    const world = new World();
    expectWhole(await follow(world, { mode: 'status' }));
    expect(world.requests).toEqual([]);
  });

  test.each(told.map((_, index) => index))(
    'is told whole and once when the stream ends after %i events',
    async (index) => {
      for (const ending of ['ends', 'breaks'] as const) {
        expectWhole(await follow(new World([{ afterEvents: index, ending }])));
      }
    },
  );

  test('is told whole and once however often transports break and whatever the watch leaves out', async () => {
    const connection = fastCheck.record({
      afterEvents: fastCheck.integer({ min: 0, max: told.length }),
      ending: fastCheck.constantFrom<Ending>('ends', 'breaks', 'hangs'),
    });
    const connections = fastCheck.array(connection, { maxLength: 5 });
    await fastCheck.assert(
      fastCheck.asyncProperty(connections, fastCheck.integer({ min: 1, max: 3 }), async (ends, every) => {
        const followed = await follow(new World(ends, every));
        const { events } = followed;
        for (const answer of ['a', 'b']) {
          const whole = answer === 'a' ? 'Let me see' : 'You have two runs.';
          // The status forgets an answer in the making once it is over: what was told is its beginning, each piece once.
          expect(whole.startsWith(textOf(events, answer))).toBe(true);
        }
        const keys = keysOf(events);
        expect(new Set(keys).size).toBe(keys.length);
        expect(keys).toEqual(expect.arrayContaining(['call:0.0', 'result:0.0', 'message']));
        expect(events.at(-1)).toMatchObject({ type: 'done' });
      }),
      { numRuns: 60 },
    );
  });

  test('resumes its stream from the last event that was read', async () => {
    const world = new World([{ afterEvents: 2, ending: 'breaks' }]);
    await follow(world);
    expect(world.requests.map((headers) => headers['last-event-id'])).toEqual([undefined, 'log.2']);
  });

  test('ends by its status when the stream says nothing any more', async () => {
    const followed = await follow(new World([{ afterEvents: 3, ending: 'hangs' }]));
    expect(followed.events.at(-1)).toMatchObject({ type: 'done' });
    expect(followed.tookMs).toBeLessThan(stages.length * stageMs + 4_000);
  });

  test('tells why no stream serves, and goes on with the status', async () => {
    const world = new World();
    const refused = Object.assign(new Error('cannot get resource "services/proxy"'), { status: 403 });
    const ports = { ...world.ports, proxyRequest: () => Promise.reject(refused) };
    const followed = await follow(world, { ports });
    expectWhole(followed);
    expect(followed.notices).toEqual([
      { transport: 'status', failures: [{ transport: 'proxy', message: 'cannot get resource "services/proxy"' }] },
    ]);
  });

  test('leaves a way that does not answer within two seconds', async () => {
    const world = new World();
    const silent: StreamPorts['proxyRequest'] = (_request, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(signal.reason as Error);
        });
      });
    const slow = { ...world.ports, watchTurn: (_turn: unknown, signal: AbortSignal) => slowly(world, signal) };
    const { notices } = await follow(world, { ports: { ...slow, proxyRequest: silent } });
    expect(notices[0]).toEqual({
      transport: 'status',
      failures: [{ transport: 'proxy', message: 'no answer within 2 s' }],
    });
  });

  test('throws what keeps the Turn from being watched', async () => {
    const world = new World();
    const forbidden = new Error('cannot watch resource "turns"');
    const watchTurn: StreamPorts['watchTurn'] = () => ({
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(forbidden) }),
    });
    await expect(follow(world, { ports: { ...world.ports, watchTurn } })).rejects.toBe(forbidden);
  });

  test('throws TurnDeleted when it goes away before its end', async () => {
    const world = new World();
    const ports = { ...world.ports, watchTurn: () => goingAway(world) };
    await expect(follow(world, { mode: 'status', ports })).rejects.toMatchObject({ reason: 'TurnDeleted' });
  });
});

async function* slowly(world: World, signal: AbortSignal): AsyncGenerator<Turn> {
  yield* stages.slice(0, 1);
  await world.clock.sleep(3_000, signal);
  yield* stages.slice(-1);
}

async function* goingAway(world: World): AsyncGenerator<Turn | 'gone'> {
  yield* stages.slice(0, 1);
  await world.clock.sleep(100);
  yield 'gone';
}
