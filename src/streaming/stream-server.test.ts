import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { afterEach, describe, expect, it } from 'vitest';
import { createMetrics } from '../base/metrics.ts';
import { aTurn } from '../testing/builders.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { silentLog } from '../testing/tool-context.ts';
import type { Turn } from '../api/turn.ts';
import { createCertificateSource } from './certificate.ts';
import type { ViewerReview } from './stream-access.ts';
import { startStreamServer, type StreamServer, type StreamServerLimits } from './stream-server.ts';
import { TurnLogs } from './turn-logs.ts';

const key = 'open-sesame';
const turn = aTurn({ spec: { streamKeySHA256: createHash('sha256').update(key).digest('hex') } });
const path = `/v1/namespaces/team-a/turns/${turn.metadata.name}/events`;
const withKey = { authorization: `Bearer ${key}` };

interface World {
  readonly server: StreamServer;
  readonly logs: TurnLogs;
  readonly clock: FakeClock;
  readonly metrics: ReturnType<typeof createMetrics>;
}

interface WorldOptions {
  readonly turns?: readonly Turn[];
  readonly isLeading?: boolean;
  readonly review?: (token: string) => Promise<ViewerReview>;
  readonly limits?: Partial<StreamServerLimits>;
}

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function start({ turns = [turn], isLeading = true, review, limits = {} }: WorldOptions = {}): Promise<World> {
  const clock = new FakeClock();
  const metrics = createMetrics();
  const logs = new TurnLogs({ clock, newId: () => 'log' });
  const server = await startStreamServer({
    address: '127.0.0.1:0',
    certificate: await createCertificateSource({ clock, log: silentLog }),
    logs,
    access: {
      findTurn: ({ namespace, name }) =>
        turns.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name),
      review: review ?? (() => Promise.resolve('unknown-token')),
    },
    isLeading: () => isLeading,
    clock,
    log: silentLog,
    metrics,
    limits,
  });
  stops.push(async () => {
    const stopped = server.stop();
    await clock.advance(1_000);
    await stopped;
  });
  return { server, logs, clock, metrics };
}

async function get(
  { server }: World,
  headers: Record<string, string> = withKey,
  { at = path, method = 'GET' } = {},
): Promise<IncomingMessage> {
  const sent = request({
    host: '127.0.0.1',
    port: server.port,
    path: at,
    method,
    headers,
    rejectUnauthorized: false,
    agent: false,
  });
  sent.end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return response.setEncoding('utf8');
}

async function refusal(world: World, headers?: Record<string, string>, where = {}) {
  const response = await get(world, headers, where);
  const body = JSON.parse((await response.toArray()).join('')) as { reason: string; message: string };
  return { status: response.statusCode, ...body };
}

/** What has come so far, as it comes. */
function textOf(response: IncomingMessage): () => string {
  let text = '';
  response.on('data', (piece: string) => (text += piece));
  response.on('error', () => undefined);
  return () => text;
}

/** The machine may be busy. */
const patiently = { timeout: 8_000 };

describe('the server of turn events', () => {
  it('tells what has happened and what happens, each with an id', async () => {
    const world = await start();
    world.logs.recorded(turn);
    const response = await get(world);
    const text = textOf(response);
    await expect.poll(text, patiently).toContain('id: log.1\nevent: turn\ndata: {');
    world.logs.answering(turn, { agent: 'supervisor', frame: '' })('two\n\nlines');
    await expect.poll(text, patiently).toMatch(/id: log\.2\nevent: token\ndata: .*"text":"two\\n\\nlines"\}\n\n$/);
    expect(response.headers).toMatchObject({ 'content-type': 'text/event-stream; charset=utf-8' });
  });

  it.each([
    ['log.1', 'id: log.2'],
    ['log.9', 'id: log.1'],
    ['other.1', 'id: log.1'],
    ['nonsense', 'id: log.1'],
  ])('goes on after Last-Event-ID %s with %s', async (last, first) => {
    const world = await start();
    world.logs.recorded(turn);
    world.logs.answering(turn, { agent: 'supervisor', frame: '' })('Hello');
    const text = textOf(await get(world, { ...withKey, 'last-event-id': last }));
    await expect.poll(text, patiently).toContain('id: log.2');
    expect(text().startsWith(first)).toBe(true);
  });

  it('sends a ping every ten seconds of silence', async () => {
    const world = await start();
    const text = textOf(await get(world));
    await expect.poll(text, patiently).toContain('event: turn');
    await world.clock.advance(30_000);
    await expect.poll(() => text().match(/^: ping$/gm)?.length, patiently).toBe(3);
  });

  it('cuts a client that takes nothing, and tells it the rest when it comes again', async () => {
    const world = await start({ limits: { pingEveryMs: 3_600_000 } });
    const response = await get(world);
    response.pause();
    const say = world.logs.answering(turn, { agent: 'supervisor', frame: '' });
    // More than the buffers of both ends hold.
    for (let pieces = 0; pieces < 200; pieces++) {
      say('x'.repeat(100_000));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await world.clock.advance(15_000);
    const cut = async () => (await world.metrics.streamClientsCutTotal.get()).values[0]?.value;
    expect(await cut()).toBe(1);
    await expect.poll(async () => (await world.metrics.streamClients.get()).values[0]?.value, patiently).toBe(0);
    response.destroy();

    const again = textOf(await get(world, { ...withKey, 'last-event-id': 'log.150' }));
    say('the end');
    await expect.poll(again, patiently).toContain('the end');
  });

  it('says that it ends, and ends', async () => {
    const world = await start();
    const response = await get(world);
    const text = textOf(response);
    await expect.poll(text, patiently).toContain('event: turn');
    const stopped = world.server.stop();
    await expect.poll(text, patiently).toMatch(/\n\nevent: error\ndata: .*"reason":"Stopping"/);
    await expect.poll(() => response.readableEnded, patiently).toBe(true);
    await world.clock.advance(1_000);
    await stopped;
  });

  it.each([
    ['no key', {}, 'Swarm-Stream-Key'],
    ['another key', { authorization: 'Bearer x' }, 'neither the stream key'],
    ['another key in the header of its own', { 'swarm-stream-key': 'x' }, 'spec.streamKeySHA256'],
  ])('refuses %s', async (_, headers, message) => {
    const world = await start();
    expect(await refusal(world, headers)).toMatchObject({
      status: 401,
      message: expect.stringContaining(message) as string,
    });
  });

  it.each([
    ['forbidden', 403, 'Forbidden'],
    ['unknown-token', 401, 'Unauthorized'],
  ] as const)('answers a token that is %s with %i', async (review, status, reason) => {
    const world = await start({ review: () => Promise.resolve(review) });
    expect(await refusal(world, { authorization: 'Bearer token' })).toMatchObject({ status, reason });
  });

  it('shows a turn without a key to whoever may see it, and nobody else', async () => {
    const world = await start({
      turns: [aTurn()],
      review: (token) => Promise.resolve(token === 'viewer' ? 'allowed' : 'unknown-token'),
    });
    expect((await get(world, { authorization: 'Bearer viewer' })).statusCode).toBe(200);
    const empty = createHash('sha256').update('').digest('hex');
    for (const guess of ['', 'undefined', empty]) {
      expect(await refusal(world, { 'swarm-stream-key': guess })).toMatchObject({ status: 401 });
    }
  });

  it('says so when the cluster cannot be asked', async () => {
    const world = await start({ review: () => Promise.reject(new Error('no API server')) });
    expect(await refusal(world, { authorization: 'Bearer token' })).toMatchObject({
      status: 503,
      reason: 'ReviewFailed',
    });
  });

  it('asks the cluster about no more than 16 tokens at once', async () => {
    const { promise, resolve } = Promise.withResolvers<ViewerReview>();
    let asked = 0;
    const review = () => {
      asked++;
      return promise;
    };
    const world = await start({ review });
    const waiting = Array.from({ length: 16 }, () => refusal(world, { authorization: 'Bearer token' }));
    await expect.poll(() => asked, patiently).toBe(16);
    expect(await refusal(world, { authorization: 'Bearer token' })).toMatchObject({ status: 429 });
    resolve('unknown-token');
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual(Array(16).fill(401));
  });

  it('has no room for more clients than its limits say', async () => {
    const perTurn = await start({ limits: { clientsPerTurn: 1 } });
    await get(perTurn);
    expect(await refusal(perTurn)).toMatchObject({
      status: 429,
      message: expect.stringContaining('this turn') as string,
    });
    const all = await start({ limits: { clients: 1 } });
    await get(all);
    expect(await refusal(all)).toMatchObject({ status: 429, reason: 'TooManyReaders' });
  });

  it.each([
    [
      'a turn that is not there, to a viewer',
      { at: '/v1/namespaces/team-a/turns/none/events' },
      { status: 404, reason: 'NotFound' },
    ],
    ['another path', { at: '/v1/turns' }, { status: 404, reason: 'NoSuchPath' }],
    ['a path that leads elsewhere', { at: '/v1/namespaces/../turns/x/events' }, { status: 404, reason: 'NoSuchPath' }],
    ['another method', { method: 'POST' }, { status: 405, reason: 'MethodNotAllowed' }],
  ])('has no events for %s', async (_, where, refused) => {
    const world = await start({ review: () => Promise.resolve('allowed') });
    expect(await refusal(world, { authorization: 'Bearer token' }, where)).toMatchObject(refused);
  });

  it('says where to look when the turn has ended, or another replica works', async () => {
    const at = { status: 'True', reason: 'Finished', message: '', lastTransitionTime: '' } as const;
    const ended = { ...turn, status: { conditions: [{ type: 'Finished', ...at }] } };
    expect(await refusal(await start({ turns: [ended] }))).toMatchObject({ status: 410, reason: 'TurnEnded' });
    const elsewhere = { ...turn, status: { stream: { pod: 'swarm-1', certificateSHA256: '' } } };
    const standby = await start({ turns: [elsewhere], isLeading: false });
    expect(await refusal(standby)).toMatchObject({
      status: 421,
      message: expect.stringContaining('swarm-1') as string,
    });
  });

  it('refuses headers that are too large', async () => {
    const world = await start();
    expect((await get(world, { ...withKey, 'x-large': 'x'.repeat(20_000) })).statusCode).toBe(431);
  });
});
