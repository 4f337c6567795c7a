import { expect, test } from 'vitest';
import { aTurn } from '../../testing/builders.ts';
import { comesBefore } from './observed.ts';

const turn = (name: string, second: number, { decidedAt, index = 0 }: { decidedAt?: string; index?: number } = {}) => {
  const step = { index: 0, frame: '', agent: 'kfp', model: 'm', finish: 'stop', text: '', decidedAt: decidedAt ?? '' };
  return aTurn({
    metadata: { name, creationTimestamp: `2026-11-25T08:00:0${second}Z` },
    spec: { index },
    ...(decidedAt !== undefined && {
      status: { steps: [{ ...step, usage: { inputTokens: 1, outputTokens: 1 } }] },
    }),
  });
};

test.each([
  ['by the second they were created in', [turn('z', 1), turn('a', 2)]],
  ['in one second by their place among the messages', [turn('z', 1, { index: 0 }), turn('a', 1, { index: 1 })]],
  [
    'what has been decided about before what has not',
    [turn('z', 1, { decidedAt: '2026-11-25T08:00:01.100Z' }), turn('a', 1)],
  ],
  [
    'by their first decisions',
    [
      turn('z', 1, { decidedAt: '2026-11-25T08:00:01.100Z' }),
      turn('a', 1, { decidedAt: '2026-11-25T08:00:01.900Z' }),
      turn('b', 1),
    ],
  ],
  ['by name when nothing else tells', [turn('a', 1), turn('b', 1)]],
])('turns of one owner are in order: %s', (_title, ordered) => {
  const sorted = ordered.toReversed().toSorted((left, right) => (comesBefore(left, right) ? -1 : 1));
  expect(sorted.map(({ metadata }) => metadata.name)).toEqual(ordered.map(({ metadata }) => metadata.name));
});
