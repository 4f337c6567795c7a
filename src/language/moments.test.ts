import { describe, expect, test } from 'vitest';
import { cronIn, durationIn, type Period, periodIn, sizeIn } from './moments.ts';
import { fold } from './text.ts';

/** A Wednesday. */
const now = new Date('2026-06-17T14:00:00Z');

describe('a period', () => {
  const periods: Record<string, Period> = {
    yesterday: { since: '2026-06-16', until: '2026-06-16' },
    'what ran last night': { since: '2026-06-16' },
    'runs of today': { since: '2026-06-17' },
    'since Monday': { since: '2026-06-15' },
    'failed on Monday': { since: '2026-06-15', until: '2026-06-15' },
    'the last 3 days': { since: '2026-06-14' },
    'past 48 hours': { since: '2026-06-15' },
    'this week': { since: '2026-06-15' },
    'last week': { since: '2026-06-08', until: '2026-06-14' },
    'over the weekend': { since: '2026-06-13', until: '2026-06-14' },
    'newer than 2026-06-01': { since: '2026-06-01' },
    'before 2026-06-01': { until: '2026-06-01' },
    'from 2026-06-01 to 2026-06-05': { since: '2026-06-01', until: '2026-06-05' },
    'the pipeline may fail': {},
    'nothing about time': {},
  };
  test.each(Object.entries(periods))('is read from "%s"', (text, period) => {
    expect(periodIn(fold(text), now)).toEqual(period);
  });
});

describe('a cron expression', () => {
  const expressions: Record<string, string | undefined> = {
    'every day at 6:30': '0 30 6 * * *',
    'every night at 2': '0 0 2 * * *',
    'daily at 7pm': '0 0 19 * * *',
    'each morning at 12am': '0 0 0 * * *',
    'weekdays at 06:30': '0 30 6 * * 1-5',
    'every Monday and Friday at 9:15': '0 15 9 * * 1,5',
    'every 4 hours': '0 0 */4 * * *',
    'every 15 minutes': '0 */15 * * * *',
    hourly: '0 0 * * * *',
    'on the 15th of each month at 5:00': '0 0 5 15 * *',
    'every week': '0 0 0 * * 1',
    'every day at noon': '0 0 12 * * *',
    '0 5 * * 1': '0 0 5 * * 1',
    '0 0 5 * * 1': '0 0 5 * * 1',
    'once, now': undefined,
  };
  test.each(Object.entries(expressions))('is read from "%s"', (text, expression) => {
    expect(cronIn(fold(text))).toBe(expression);
  });
});

test.each(
  Object.entries({
    '30m': '30m',
    'for 2 hours': '2h',
    'one week': '1w',
    'half an hour': '30m',
    none: undefined,
  }),
)('a duration is read from "%s"', (text, duration) => {
  expect(durationIn(fold(text))).toBe(duration);
});

test.each(Object.entries({ '500 MB': '500MB', '2GiB': '2GiB', '1.5 gigabytes': '1.5GB', '3 files': undefined }))(
  'a size is read from "%s"',
  (text, size) => {
    expect(sizeIn(fold(text))).toBe(size);
  },
);
