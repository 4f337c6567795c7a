import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  conditionOf,
  conditionReasonOf,
  conditionReasons,
  conditionTypes,
  isTrue,
  withCondition,
  withoutCondition,
} from './conditions.ts';

const now = new Date('2026-11-25T08:00:00.987Z');
const later = new Date('2026-11-25T09:00:00.123Z');
const ready = { type: 'Ready', status: 'False', reason: 'Pending', message: 'Not yet.' } as const;

describe('withCondition', () => {
  test('dates a new condition to the whole second and names the generation it speaks of', () => {
    expect(withCondition(undefined, ready, { now, generation: 3 })).toEqual([
      { ...ready, observedGeneration: 3, lastTransitionTime: '2026-11-25T08:00:00Z' },
    ]);
  });

  test('keeps the time while the status stays, whatever else changes', () => {
    const before = withCondition([], ready, { now, generation: 1 });
    const after = withCondition(
      before,
      { ...ready, reason: 'Thinking', message: 'Soon.' },
      { now: later, generation: 2 },
    );
    expect(after).toEqual([
      {
        type: 'Ready',
        status: 'False',
        reason: 'Thinking',
        message: 'Soon.',
        observedGeneration: 2,
        lastTransitionTime: '2026-11-25T08:00:00Z',
      },
    ]);
  });

  test('moves the time with the status', () => {
    const before = withCondition([], ready, { now, generation: 1 });
    const [after] = withCondition(before, { ...ready, status: 'True' }, { now: later, generation: 1 });
    expect(after?.lastTransitionTime).toBe('2026-11-25T09:00:00Z');
  });

  test('keeps the others, sorts by type and leaves what it was given as it was', () => {
    const before = Object.freeze(withCondition([], ready, { now, generation: 1 }));
    const after = withCondition(before, { ...ready, type: 'Finished' }, { now, generation: 1 });
    expect(after.map(({ type }) => type)).toEqual(['Finished', 'Ready']);
    expect(before).toHaveLength(1);
  });

  test('cuts a message to what the schema takes', () => {
    const [condition] = withCondition([], { ...ready, message: 'x'.repeat(2_000) }, { now, generation: 1 });
    expect(condition?.message).toHaveLength(1_024);
  });
});

test('a condition can be looked up, asked for and taken away', () => {
  const conditions = withCondition([], { ...ready, status: 'True' }, { now, generation: 1 });
  expect(conditionOf(conditions, 'Ready')?.reason).toBe('Pending');
  expect(conditionOf(conditions, 'Stalled')).toBeUndefined();
  expect(isTrue(conditions, 'Ready')).toBe(true);
  expect(isTrue(undefined, 'Ready')).toBe(false);
  expect(withoutCondition(conditions, 'Ready')).toEqual([]);
});

test('every type and reason is one word with a sentence', () => {
  const meanings = Object.entries(conditionTypes).map(([word, { meaning }]) => [word, meaning] as const);
  for (const [word, meaning] of [...meanings, ...Object.entries(conditionReasons)]) {
    expect(word).toMatch(/^[A-Z][A-Za-z]*$/);
    expect(meaning).toMatch(/^[A-Z].*\.$/);
  }
});

const sources = globSync('**/*.ts', { cwd: join(import.meta.dirname, '..') }).filter(
  (path) =>
    !path.endsWith('.test.ts') && !/^(testing|cli|config|kube|streaming\/client|compose\/start-swarm)\b/.test(path),
);

test('every reason that an error carries into a condition is in the list, or of the family of one', () => {
  const unknown = sources.flatMap((path) => {
    const text = readFileSync(join(import.meta.dirname, '..', path), 'utf8');
    const reasons = [...text.matchAll(/(?:Retryable|Terminal)Error\(\s*'(\w+)'/g)].map(([, reason = '']) => reason);
    return reasons.filter((reason) => conditionReasonOf(reason) === undefined).map((reason) => `${path}: ${reason}`);
  });
  expect(sources.length).toBeGreaterThan(20);
  expect(unknown).toEqual([]);
});

test('a condition carries the word of the list that an error belongs to', () => {
  const reasonOf = (reason: string) =>
    withCondition([], { ...ready, reason }, { now, generation: 1 }).map((condition) => condition.reason);
  expect(reasonOf('KfpCertificateNotTrusted')).toEqual(['CertificateInvalid']);
  expect(reasonOf('ObjectStoreUnreachable')).toEqual(['Unreachable']);
  expect(reasonOf('SecretNotFound')).toEqual(['SecretNotFound']);
  expect(reasonOf('SomethingNobodyKnows')).toEqual(['Unavailable']);
});
