import { describe, expect, test } from 'vitest';
import { nextFiringTimes, parseTrigger } from './schedule-trigger.ts';

const now = new Date('2026-11-25T10:30:00Z');

const firstTimes = (text: string, count = 3) => {
  const parsed = parseTrigger(text);
  if (!parsed.ok) throw new Error(parsed.problem);
  return nextFiringTimes(parsed.trigger, now, count).map((time) => time.toISOString().replace('.000Z', 'Z'));
};

describe('reading when a schedule fires', () => {
  test.each([
    ['0 0 2 * * *', { kind: 'cron', cron: '0 0 2 * * *' }],
    // A line of a crontab: KFP would read it as second, minute, hour, day, month.
    ['0 2 * * *', { kind: 'cron', cron: '0 0 2 * * *' }],
    ['*/5 * * * *', { kind: 'cron', cron: '0 */5 * * * *' }],
    ['  0   30  6 * *  MON-FRI ', { kind: 'cron', cron: '0 30 6 * * MON-FRI' }],
    ['0 0 2 ? * SUN', { kind: 'cron', cron: '0 0 2 ? * SUN' }],
    ['@daily', { kind: 'cron', cron: '0 0 0 * * *' }],
    ['@Hourly', { kind: 'cron', cron: '0 0 * * * *' }],
    ['@every 1h', { kind: 'interval', seconds: 3_600 }],
    ['@every 90s', { kind: 'interval', seconds: 90 }],
    ['@every 1h30m', { kind: 'interval', seconds: 5_400 }],
    ['@every 2d', { kind: 'interval', seconds: 172_800 }],
  ])('%j', (text, trigger) => {
    expect(parseTrigger(text)).toMatchObject({ ok: true, trigger });
  });

  test.each([
    ['0 0 2 * * * 2030', /six fields .* this one has 7/],
    ['TZ=Europe/Berlin 0 0 2 * * *', /no time zones; .* UTC/],
    ['CRON_TZ=UTC 0 2 * * *', /no time zones/],
    ['every night', /six fields/],
    ['', /this one has 0/],
    ['0 0 25 * * *', /no cron expression/],
    ['0 0 2 L * *', /L is no day of the month/],
    ['0 0 2 * * 7', /7 is no weekday .*0 to 6/],
    ['0 0 2 30 2 *', /never fires/],
    ['@fortnightly', /none of @yearly/],
    ['@every night', /takes a duration/],
    ['@every 0s', /one second at least/],
  ])('refuses %j', (text, problem) => {
    const parsed = parseTrigger(text);
    expect(parsed.ok).toBe(false);
    expect(parsed).toMatchObject({ problem: expect.stringMatching(problem) as string });
  });

  test('says how five fields were understood', () => {
    expect(parseTrigger('30 6 * * 1')).toMatchObject({
      note: 'five fields, read as crontab does: at second 0 (0 30 6 * * 1)',
    });
  });
});

describe('when it fires next', () => {
  test.each([
    ['0 2 * * *', ['2026-11-26T02:00:00Z', '2026-11-27T02:00:00Z', '2026-11-28T02:00:00Z']],
    ['0 30 6 * * 1-5', ['2026-11-26T06:30:00Z', '2026-11-27T06:30:00Z', '2026-11-30T06:30:00Z']],
    ['@weekly', ['2026-11-29T00:00:00Z', '2026-12-06T00:00:00Z', '2026-12-13T00:00:00Z']],
    ['@every 4h', ['2026-11-25T14:30:00Z', '2026-11-25T18:30:00Z', '2026-11-25T22:30:00Z']],
    // Either of them, when both day fields say something.
    ['0 0 0 1 * SUN', ['2026-11-29T00:00:00Z', '2026-12-01T00:00:00Z', '2026-12-06T00:00:00Z']],
  ])('%j', (text, times) => {
    expect(firstTimes(text)).toEqual(times);
  });

  test('keeps to the start and the end that were set', () => {
    const span = { startTime: '2030-01-01T00:00:00Z', endTime: '2030-01-02T12:00:00Z' };
    const times = nextFiringTimes({ kind: 'cron', cron: '0 0 2 * * *', ...span }, now, 3);
    expect(times.map((time) => time.toISOString())).toEqual(['2030-01-01T02:00:00.000Z', '2030-01-02T02:00:00.000Z']);
  });

  test.each([
    ['five fields that somebody else gave KFP', '0 2 * * *', '2026-11-25T11:02:00.000Z'],
    ['a word that somebody else gave KFP', '@daily', '2026-11-26T00:00:00.000Z'],
    ['an interval in a cron field', '@every 1h', '2026-11-25T11:30:00.000Z'],
  ])('reads %s as KFP does', (_what, cron, time) => {
    expect(nextFiringTimes({ kind: 'cron', cron }, now, 1)[0]?.toISOString()).toBe(time);
  });

  test('never, without a trigger or with one that cannot be read', () => {
    expect(nextFiringTimes({ kind: 'none' }, now, 3)).toEqual([]);
    expect(nextFiringTimes({ kind: 'cron', cron: 'nonsense' }, now, 3)).toEqual([]);
  });
});
