import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kinds } from '../../../src/api/group.ts';
import { type Turn } from '../../../src/api/turn.ts';
import { systemRandom } from '../../../src/base/backoff.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { createUserClient, type UserClient } from '../../../src/kube/user-client.ts';
import { followTurn } from '../../../src/streaming/client/follow-turn.ts';
import { type StreamMode, type StreamPorts, type TransportNotice } from '../../../src/streaming/client/stream-ports.ts';
import { type TurnEvent } from '../../../src/streaming/turn-event.ts';
import { type FakeReply } from '../../../src/testing/fake-openai-reply.ts';
import { OperatorUnderTest } from '../../support/operator-under-test.ts';
import { type Chat, ChatTeam } from './chat-team.ts';
import { podsRun } from './client-stream-world.ts';

const answer = 'There are five pipelines, and the newest run of churn-train succeeded with an accuracy of 0.93.';
/** About 250 bytes for eight characters: a piece every quarter of a second or so. */
const slowly: FakeReply = { text: answer, fault: { kind: 'drip', intervalMs: 1 } };
/** Pods have no way to a process beside the cluster but by this one, which passes on what it is sent. */
const relay = (port: number, host: string) =>
  `require('net').createServer((near) => {
    const far = require('net').connect(${port}, '${host}');
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) socket.on('error', () => { near.destroy(); far.destroy(); });
  }).listen(${port}, () => console.log('listening'))`;

let team: ChatTeam;
let operator: OperatorUnderTest;
let client: UserClient;
/** The machine, as the cluster sees it. */
let host: string;
const port = 28_443;

const startOperator = () =>
  OperatorUnderTest.start(team.cluster, {
    namespace: team.name,
    flags: [
      `--stream-address=${host}:${port}`,
      `--stream-url=https://${host}:${port}`,
      '--pod-name=relay',
      `--pod-namespace=${team.name}`,
    ],
  });

const isReal = await podsRun();

beforeAll(async () => {
  if (!isReal) return;
  team = await ChatTeam.create(() => slowly);
  const { kubeconfig } = team.cluster;
  client = createUserClient({ kubeconfig, clock: systemClock, random: systemRandom, userAgent: 'swarm-test' });
  host = client.serverHost.replace(/\.\d+$/, '.1');
  operator = await startOperator();
  const image = ['--image=swarm.test/node:24', '--image-pull-policy=IfNotPresent', '--restart=Never'];
  const program = ['--command', '--', 'node', '-e', relay(port, host)];
  await team.kubectl.run('run', 'relay', ...image, ...program);
  await team.kubectl.run('wait', '--for=condition=Ready', 'pod/relay', '--timeout=60s');
  await team.kubectl.apply({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'swarm-stream' },
    spec: { selector: { run: 'relay' }, ports: [{ name: 'stream', port: 443, targetPort: port }] },
  });
});
afterAll(async () => {
  if (!isReal) return;
  await team.end();
  await operator.stop();
  client.close();
});

interface Followed {
  readonly events: readonly TurnEvent[];
  readonly notices: readonly TransportNotice[];
  /** Tokens that came before the whole answer. */
  readonly pieces: number;
  /** Of the answer's last attempt. */
  readonly text: string;
}

async function follow({ turn, key }: Chat, mode: StreamMode, onEvent?: (event: TurnEvent) => void): Promise<Followed> {
  const events: TurnEvent[] = [];
  const notices: TransportNotice[] = [];
  const ports: StreamPorts = {
    watchTurn: (reference, signal) => client.watchObject<Turn>(kinds.turn, reference, signal),
    openPortForward: (target, signal) => client.openPortForward(target, signal),
    proxyRequest: (request, signal) => client.proxyRequest(request, signal),
  };
  const options = { turn: { namespace: team.name, name: turn }, key, mode, ports };
  const following = followTurn({
    ...options,
    clock: systemClock,
    random: systemRandom,
    signal: AbortSignal.timeout(50_000),
    onTransport: (notice) => notices.push(notice),
  });
  for await (const event of following) {
    events.push(event);
    onEvent?.(event);
  }
  const tokens = events.filter((event) => event.type === 'token');
  const last = tokens.at(-1)?.answer;
  const text = tokens.filter(({ answer: of }) => of === last).map((token) => token.text);
  return { events, notices, pieces: tokens.length, text: text.join('') };
}

describe.runIf(isReal)('the operator’s stream', () => {
  test.each(['url', 'forward', 'proxy'] as const)('comes over %s piece by piece, each piece once', async (mode) => {
    const { events, notices, pieces, text } = await follow(await team.ask('Tell me slowly.'), mode);
    expect(text).toBe(answer);
    expect(pieces).toBeGreaterThanOrEqual(10);
    expect(notices).toEqual([{ transport: mode, failures: [] }]);
    expect(events.at(0)).toMatchObject({ type: 'turn' });
    expect(events.slice(-2)).toMatchObject([
      { type: 'message', text: answer },
      { type: 'done', phase: 'Succeeded' },
    ]);
  });

  test('is told by the status, in larger pieces, to whoever reaches nothing else', async () => {
    const { events, pieces, text } = await follow(await team.ask('Tell me slowly.'), 'status');
    expect(answer.startsWith(text)).toBe(true);
    expect(pieces).toBeGreaterThanOrEqual(2);
    expect(events.slice(-2)).toMatchObject([
      { type: 'message', text: answer },
      { type: 'done', phase: 'Succeeded' },
    ]);
  });

  test('goes on after the operator was killed and started again, and nothing is told twice', async () => {
    const chat = await team.ask('Tell me slowly.');
    let restart: Promise<void> | undefined;
    const { events, text } = await follow(chat, 'forward', ({ type }) => {
      if (type !== 'token') return;
      restart ??= (async () => {
        await operator.kill();
        operator = await startOperator();
      })();
    });
    await restart;
    expect(text).toBe(answer);
    const keys = events.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(events.slice(-2)).toMatchObject([
      { type: 'message', text: answer },
      { type: 'done', phase: 'Succeeded' },
    ]);
  });
});
