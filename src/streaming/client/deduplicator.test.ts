import fastCheck from 'fast-check';
import { expect, test } from 'vitest';
import { type TurnEvent, type TurnEventOf } from '../turn-event.ts';
import { Deduplicator } from './deduplicator.ts';

const token = (answer: string, offset: number, text: string): TurnEventOf<'token'> => ({
  v: 1,
  type: 'token',
  key: `token:${answer}:${offset}`,
  turn: 't',
  answer,
  offset,
  text,
});

test('pieces of an answer that overlap, come twice or come late add up to the answer', () => {
  const text = 'All runs of last week have succeeded.';
  const piece = fastCheck
    .tuple(fastCheck.nat(text.length), fastCheck.nat(text.length))
    .map(([from, length]) => ({ from, to: Math.min(text.length, from + length) }));
  fastCheck.assert(
    fastCheck.property(fastCheck.array(piece), (pieces) => {
      const seen = new Deduplicator();
      let told = '';
      for (const { from, to } of pieces) {
        const start = Math.min(from, told.length); // no server leaves text out between two pieces
        const fresh = seen.fresh(token('a', start, text.slice(start, to)));
        if (fresh?.type !== 'token') continue;
        expect(fresh.offset).toBe(told.length);
        told += fresh.text;
      }
      expect(text.startsWith(told)).toBe(true);
    }),
  );
});

test('answers are counted apart', () => {
  const seen = new Deduplicator();
  expect(seen.fresh(token('a', 0, 'Hello'))).toBeDefined();
  expect(seen.fresh(token('b', 0, 'Hel'))).toMatchObject({ text: 'Hel' });
  expect(seen.fresh(token('a', 3, 'lo!'))).toMatchObject({ offset: 5, text: '!', key: 'token:a:5' });
});

test('a gap is told by the offset of what follows it', () => {
  const seen = new Deduplicator();
  seen.fresh(token('a', 0, 'Hello'));
  expect(seen.fresh(token('a', 100, 'world'))).toMatchObject({ offset: 100, text: 'world' });
  expect(seen.fresh(token('a', 5, ' my'))).toBeUndefined();
});

test('any other event is told once by its key', () => {
  const seen = new Deduplicator();
  const done: TurnEvent = { v: 1, type: 'done', key: 'done', turn: 't', phase: 'Failed', reason: 'R', message: '' };
  expect([seen.fresh(done), seen.fresh({ ...done })]).toEqual([done, undefined]);
});
