import { Readable } from 'node:stream';
import fastCheck from 'fast-check';
import { expect, test } from 'vitest';
import { linesOf } from './lines.ts';

async function linesFrom(chunks: readonly Buffer[]): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of linesOf(Readable.from(chunks, { objectMode: false }))) lines.push(line);
  return lines;
}

test('lines come out whole, wherever the network cuts them, even within a character', async () => {
  const texts = fastCheck.array(
    fastCheck.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/[\n\r]/.test(text)),
  );
  await fastCheck.assert(
    fastCheck.asyncProperty(texts, fastCheck.integer({ min: 1, max: 7 }), async (lines, chunkBytes) => {
      const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
      const count = Math.ceil(bytes.length / chunkBytes);
      const chunks = Array.from({ length: count }, (_, index) =>
        bytes.subarray(index * chunkBytes, (index + 1) * chunkBytes),
      );
      expect(await linesFrom(chunks)).toEqual(lines);
    }),
    { numRuns: 50 },
  );
});

test('what follows the last line feed is a line, too', async () => {
  expect(await linesFrom([Buffer.from('a\n\nb')])).toEqual(['a', 'b']);
});
