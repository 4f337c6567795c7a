import fastCheck from 'fast-check';
import { expect, test } from 'vitest';
import { type SentEvent, sseEvents } from './sse-events.ts';

const token = { v: 1, type: 'token', key: 'token:a:0', turn: 't', answer: 'a', offset: 0, text: 'Grüße 🐝\n\ndata: x' };
const done = { v: 1, type: 'done', key: 'done', turn: 't', phase: 'Succeeded', reason: 'Answered', message: '' };
const wire = [
  ': ping\n\n',
  `id: l.1\nevent: token\ndata: ${JSON.stringify(token)}\n\n`,
  'id: l.2\nevent: dream\ndata: {"v":1,"type":"dream","key":"dream:1","turn":"t"}\n\n',
  'id: l.3\nevent: token\ndata: {"v":1,"type":"token"}\n\n',
  'data: not JSON\n\n',
  `id: l.4\r\nevent: done\r\ndata: ${JSON.stringify({ ...done, more: 1 })}\r\n\r\n`,
].join('');

async function read(chunks: readonly Uint8Array[]): Promise<SentEvent[]> {
  const events: SentEvent[] = [];
  const body = (async function* () {
    yield* await Promise.resolve(chunks);
  })();
  for await (const event of sseEvents(body)) events.push(event);
  return events;
}

test('events come out whole wherever the network cuts them; what is unknown, invalid or a comment is passed over', async () => {
  const bytes = Buffer.from(wire);
  await fastCheck.assert(
    fastCheck.asyncProperty(fastCheck.integer({ min: 1, max: bytes.length }), async (chunkBytes) => {
      const count = Math.ceil(bytes.length / chunkBytes);
      const chunks = Array.from({ length: count }, (_, at) => bytes.subarray(at * chunkBytes, (at + 1) * chunkBytes));
      expect(await read(chunks)).toEqual([
        { id: 'l.1', event: token },
        { id: 'l.4', event: done },
      ]);
    }),
    { numRuns: 60 },
  );
});

test('an event without an end is given up', async () => {
  await expect(
    read(Array.from({ length: 6 }, (_, at) => Buffer.from((at === 0 ? 'data: ' : '') + 'a'.repeat(1_000_000)))),
  ).rejects.toThrow();
});
