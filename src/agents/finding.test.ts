import { describe, expect, test } from 'vitest';
import { aTektonRun } from '../testing/tekton-builders.ts';
import { durationMs, endMomentOf, humanDuration, momentOf } from './moment.ts';
import { nearestNames } from './nearest-names.ts';
import { pageOf } from './page.ts';
import { selectRuns } from './tekton/select-runs.ts';

const now = new Date('2026-03-10T12:00:00Z');

describe('moments and durations', () => {
  test.each([
    ['24h', '2026-03-09T12:00:00.000Z'],
    ['1h30m', '2026-03-10T10:30:00.000Z'],
    ['7d', '2026-03-03T12:00:00.000Z'],
    ['2026-03-01', '2026-03-01T00:00:00.000Z'],
    ['2026-03-01T08:00:00+02:00', '2026-03-01T06:00:00.000Z'],
  ])('%s is %s', (text, expected) => {
    expect(momentOf(text, now)?.toISOString()).toBe(expected);
  });

  test.each(['yesterday', '', '12', '2026-13-40', 'h'])('%j is no moment', (text) => {
    expect(momentOf(text, now)).toBeUndefined();
  });

  test('a date as an end includes its day', () => {
    expect(endMomentOf('2026-03-01', now)?.toISOString()).toBe('2026-03-01T23:59:59.999Z');
    expect(endMomentOf('1h', now)?.toISOString()).toBe('2026-03-10T11:00:00.000Z');
  });

  test.each([
    [0, '0 s'],
    [42_000, '42 s'],
    [200_000, '3 min 20 s'],
    [7_500_000, '2 h 5 min'],
    [3_600_000, '1 h'],
    [90_061_000, '1 d 1 h'],
  ])('%i ms reads %s', (milliseconds, expected) => {
    expect(humanDuration(milliseconds)).toBe(expected);
  });

  test('what is no duration has no length', () => {
    expect(durationMs('soon')).toBeUndefined();
  });
});

describe('names that are nearly right', () => {
  const names = ['churn-train', 'churn-score', 'fraud-train', 'sleepy', 'nightly-report'];
  test.each([
    ['churn-trian', ['churn-train']],
    ['churntrain', ['churn-train']],
    ['CHURN', ['churn-train', 'churn-score']],
    ['zzz', []],
  ])('%s is close to %j', (wanted, expected) => {
    const nearest = nearestNames(wanted, names);
    expect(nearest.slice(0, expected.length)).toEqual(expected);
    expect(nearest.length).toBeLessThanOrEqual(3);
  });
});

describe('pages', () => {
  const all = ['e', 'd', 'c', 'b', 'a'].map((name) => ({ name }));

  test('lead from one to the next until the end', () => {
    const first = pageOf(all, { limit: 3 });
    expect(first).toEqual({ ok: true, value: { items: all.slice(0, 3), total: 5, nextPageToken: 'c' } });
    expect(pageOf(all, { limit: 3, pageToken: 'c' })).toEqual({ ok: true, value: { items: all.slice(3), total: 5 } });
  });

  test('neither repeat nor skip when new entries come in between', () => {
    const page = pageOf([{ name: 'f' }, ...all], { limit: 2, pageToken: 'c' });
    expect(page.ok && page.value.items.map(({ name }) => name)).toEqual(['b', 'a']);
  });

  test('a token of another list is said to fit nothing', () => {
    expect(pageOf(all, { limit: 2, pageToken: 'x' })).toMatchObject({
      ok: false,
      failure: { code: 'InvalidArgument' },
    });
  });
});

describe('which runs are meant', () => {
  const runs = [
    aTektonRun({ name: 'build-3', state: 'Running', createdAt: '2026-03-10T11:00:00Z' }),
    aTektonRun({ name: 'deploy-2', pipeline: 'deploy', state: 'Failed', createdAt: '2026-03-09T23:00:00Z' }),
    aTektonRun({ name: 'build-1', state: 'Failed', createdAt: '2026-03-01T00:00:00Z' }),
  ];
  test.each([
    [{}, ['build-3', 'deploy-2', 'build-1']],
    [{ pipeline: 'build' }, ['build-3', 'build-1']],
    [{ state: 'Failed' as const }, ['deploy-2', 'build-1']],
    [{ since: '24h' }, ['build-3', 'deploy-2']],
    [{ until: '2026-03-09' }, ['deploy-2', 'build-1']],
    [{ nameContains: 'BUILD', since: '2026-03-02' }, ['build-3']],
  ])('%j selects %j', (filter, expected) => {
    const selected = selectRuns(runs, filter, now);
    expect(selected.ok && selected.value.map(({ name }) => name)).toEqual(expected);
  });

  test('a time that is none is said to be none', () => {
    expect(selectRuns(runs, { since: 'recently' }, now)).toMatchObject({ failure: { code: 'InvalidArgument' } });
  });
});
