import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemRandom } from '../../../src/base/backoff.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { type UserClient } from '../../../src/kube/user-client.ts';
import { followTurn } from '../../../src/streaming/client/follow-turn.ts';
import { type StreamMode, type StreamPorts, type TransportNotice } from '../../../src/streaming/client/stream-ports.ts';
import { type TurnEvent } from '../../../src/streaming/turn-event.ts';
import { type Turn } from '../../../src/api/turn.ts';
import { aTurn } from '../../../src/testing/builders.ts';
import { waitFor } from '../../support/wait-for.ts';
import { ClientStreamWorld, podsRun, type StreamPod } from './client-stream-world.ts';

const turnName = 'talk-1';
const words = ['One ', 'two ', 'three ', 'four ', 'fünf'];
const reply = words.join('');
const common = { v: 1, turn: turnName } as const;
const script: readonly TurnEvent[] = [
  {
    ...common,
    type: 'turn',
    key: 'turn:Thinking',
    owner: { kind: 'Conversation', name: 'churn' },
    text: 'Count',
    phase: 'Thinking',
  },
  ...words.map((text, index): TurnEvent => {
    const offset = words.slice(0, index).join('').length;
    return {
      ...common,
      type: 'token',
      key: `token:a:${offset}`,
      agent: 'supervisor',
      frame: '',
      answer: 'a',
      offset,
      text,
    };
  }),
  { ...common, type: 'message', key: 'message', text: reply, citations: [] },
  { ...common, type: 'done', key: 'done', phase: 'Succeeded', reason: 'Answered', message: '' },
];

const podForward = { apiGroups: [''], resources: ['pods/portforward'] };
const turnReader = { apiGroups: ['swarm.mlops.dev'], resources: ['turns'], verbs: ['get', 'watch'] };
const proxyUser = { apiGroups: [''], resources: ['services/proxy'], verbs: ['get'] };

const isReal = await podsRun();

let world: ClientStreamWorld;
beforeAll(async () => {
  world = await ClientStreamWorld.open();
});
afterAll(() => world.close());

/** The Turn as an operator would show it while it works on it. */
function turnAt({ pod, namespace, port, certificateSHA256 }: StreamPod): Turn {
  const turn = aTurn({ metadata: { name: turnName, namespace: world.namespace }, spec: { text: 'Count' } });
  return {
    ...turn,
    status: { ...turn.status, phase: 'Thinking', stream: { pod, namespace, port, certificateSHA256 } },
  };
}

interface Followed {
  readonly events: readonly TurnEvent[];
  readonly notices: readonly TransportNotice[];
  readonly text: string;
}

interface Following {
  readonly mode?: StreamMode;
  /** Fired as soon as the first way has been found, or none. */
  readonly leave?: AbortController;
}

async function follow(client: UserClient, pod: StreamPod, { mode, leave }: Following = {}): Promise<Followed> {
  const events: TurnEvent[] = [];
  const notices: TransportNotice[] = [];
  const turn = turnAt(pod);
  const ports: StreamPorts = {
    async *watchTurn(_turn, signal) {
      yield turn;
      await systemClock.sleep(60_000, signal);
    },
    openPortForward: (target, signal) => client.openPortForward(target, signal),
    proxyRequest: (request, signal) => client.proxyRequest(request, signal),
  };
  const tooLong = AbortSignal.timeout(30_000);
  const following = followTurn({
    turn: { namespace: world.namespace, name: turnName },
    key: pod.key,
    mode,
    ports,
    clock: systemClock,
    random: systemRandom,
    signal: leave ? AbortSignal.any([tooLong, leave.signal]) : tooLong,
    onTransport: (notice) => {
      notices.push(notice);
      leave?.abort();
    },
  });
  try {
    for await (const event of following) events.push(event);
  } catch (error) {
    if (!leave?.signal.aborted) throw error;
  }
  const text = events.map((event) => (event.type === 'token' ? event.text : '')).join('');
  return { events, notices, text };
}

describe.runIf(isReal)('the stream of a pod', () => {
  let pod: StreamPod;
  beforeAll(async () => {
    pod = await world.streamPod({ events: script, turn: turnName });
  });

  test('comes through a port-forward, whole and once', async () => {
    const { events, notices } = await follow(world.client(), pod);
    expect(events).toEqual(script);
    expect(notices).toEqual([{ transport: 'forward', failures: [] }]);
  });

  test('comes through the API server’s proxy when a port-forward is forbidden, and the missing verb is told', async () => {
    const person = await world.person('proxy-user', [turnReader, proxyUser]);
    const { events, notices } = await follow(person, pod);
    expect(events).toEqual(script);
    expect(notices[0]?.transport).toBe('proxy');
    expect(notices[0]?.failures[0]?.message).toMatch(/cannot (get|create) resource "pods\/portforward"/);
  });

  test.each([
    ['get', 'create'],
    ['create', 'get'],
  ])('is refused to who may only %s pods/portforward, and the answer names %s', async (verb, missing) => {
    const person = await world.person(`only-${verb}`, [{ ...podForward, verbs: [verb] }]);
    const opening = person.openPortForward(pod, AbortSignal.timeout(10_000));
    await expect(opening).rejects.toMatchObject({ status: 403 });
    await expect(opening).rejects.toThrow(`cannot ${missing} resource "pods/portforward"`);
  });

  test('is not taken from a server with another certificate', async () => {
    const impostor = { ...pod, certificateSHA256: '0'.repeat(64) };
    const leave = new AbortController();
    const { notices } = await follow(world.client(), impostor, { mode: 'forward', leave });
    expect(notices[0]?.transport).toBe('status');
    expect(notices[0]?.failures[0]?.message).toContain('another certificate');
  });
});

describe.runIf(isReal)('a stream that breaks', () => {
  test.each(['forward', 'proxy'] as const)('is resumed over %s where it was left', async (mode) => {
    const pod = await world.streamPod({ events: script, turn: turnName, cuts: [3, 2] });
    const { text, events } = await follow(world.client(), pod, { mode });
    expect(text).toBe(reply);
    expect(events.map(({ type }) => type)).toEqual(script.map(({ type }) => type));
  });
});

describe.runIf(isReal)('a port-forward', () => {
  test('carries much in both directions', async () => {
    await world.kubectl.run(
      'run',
      'echo',
      '--image=swarm.test/node:24',
      '--image-pull-policy=IfNotPresent',
      '--restart=Never',
      '--command',
      '--',
      'node',
      '-e',
      "require('net').createServer((socket) => socket.pipe(socket)).listen(7000, () => console.log('listening'))",
    );
    await world.kubectl.run('wait', '--for=condition=Ready', 'pod/echo', '--timeout=60s');
    const log = () => world.kubectl.run('logs', 'echo');
    await waitFor('it listens', async () => (await log()).includes('listening'), { withinMs: 30_000 });
    const client = world.client();
    const socket = await client.openPortForward(
      { namespace: world.namespace, pod: 'echo', port: 7000 },
      AbortSignal.timeout(30_000),
    );
    const sent = Buffer.alloc(3_000_000, 'swarm');
    socket.write(sent);
    const received: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      received.push(chunk);
      bytes += chunk.length;
      if (bytes >= sent.length) break;
    }
    expect(Buffer.concat(received).equals(sent)).toBe(true);
  });

  test('to a port where nobody listens fails with PortClosed', async () => {
    const socket = await world
      .client()
      .openPortForward({ namespace: world.namespace, pod: 'echo', port: 7001 }, AbortSignal.timeout(30_000));
    const failure = new Promise((resolve) => socket.once('error', resolve));
    socket.resume();
    expect(await failure).toMatchObject({ reason: 'PortClosed' });
  });

  test('to a pod that is not there fails with PodGone', async () => {
    const opening = world
      .client()
      .openPortForward({ namespace: world.namespace, pod: 'nobody', port: 80 }, AbortSignal.timeout(30_000));
    await expect(opening).rejects.toMatchObject({ reason: 'PodGone' });
  });
});
