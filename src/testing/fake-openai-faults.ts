import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { systemClock } from '../base/clock.ts';
import { chunksOf, type FakeFault, type FakeReply } from './fake-openai-reply.ts';

const eventStream = { 'content-type': 'text/event-stream; charset=utf-8' };

type Writer<Kind extends FakeFault['kind']> = (
  response: ServerResponse,
  fault: Extract<FakeFault, { kind: Kind }>,
  reply: FakeReply,
) => unknown;

const writers: { readonly [Kind in FakeFault['kind']]: Writer<Kind> } = {
  status: (response, { status, retryAfter, body }) => {
    const headers = {
      'content-type': 'application/json',
      ...(retryAfter !== undefined && { 'retry-after': retryAfter }),
    };
    response.writeHead(status, headers);
    response.end(body ?? JSON.stringify({ error: { message: `Scripted status ${status}.` } }));
  },
  body: (response, { contentType, body }) => response.writeHead(200, { 'content-type': contentType }).end(body),
  garbage: (response, { bytes }) => response.writeHead(200, eventStream).end(Buffer.from(bytes, 'latin1')),
  'no-events': (response) => response.writeHead(200, eventStream).end(),
  redirect: (response, { location }) => response.writeHead(307, { location }).end(),
  reset: (response) => response.destroy(),
  cut: (response, { afterEvents }, reply) => writeAndCut(response, chunksOf(reply).slice(0, afterEvents)),
  hang: async (response) => {
    response.writeHead(200, eventStream).flushHeaders();
    await once(response, 'close');
  },
  drip: (response, { intervalMs }, reply) => drip(response, chunksOf(reply).join(''), intervalMs),
};

/** Answers in the way the fault says; resolves when the exchange is over. */
export async function writeFaultyReply(response: ServerResponse, reply: FakeReply, fault: FakeFault): Promise<void> {
  const write = writers[fault.kind] as Writer<FakeFault['kind']>;
  await write(response, fault, reply);
}

async function writeAndCut(response: ServerResponse, events: readonly string[]): Promise<void> {
  response.writeHead(200, eventStream);
  response.flushHeaders();
  await new Promise<void>((resolve) => {
    response.write(events.join(''), () => {
      resolve();
    });
  });
  response.destroy();
}

async function drip(response: ServerResponse, text: string, intervalMs: number): Promise<void> {
  response.writeHead(200, eventStream);
  for (const byte of Buffer.from(text)) {
    if (response.destroyed) return;
    response.write(Buffer.from([byte]));
    await systemClock.sleep(intervalMs);
  }
  response.end();
}
