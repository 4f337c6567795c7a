/**
 * Cron as robfig/cron version 1 reads it: seconds first. Five fields are taken for second, minute, hour, day and month,
 * so that a line of a crontab means something else than its author thinks.
 */
export interface CronSchedule {
  /** @returns the first moment after the given one, in seconds since 1970; undefined when there is none in five years */
  next(afterSeconds: number): number | undefined;
}

interface Field {
  readonly minimum: number;
  readonly maximum: number;
  readonly names?: readonly string[];
}

const seconds: Field = { minimum: 0, maximum: 59 };
const minutes: Field = { minimum: 0, maximum: 59 };
const hours: Field = { minimum: 0, maximum: 23 };
const daysOfMonth: Field = { minimum: 1, maximum: 31 };
const months: Field = {
  minimum: 1,
  maximum: 12,
  names: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
};
const weekdays: Field = { minimum: 0, maximum: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] };
const fields = [seconds, minutes, hours, daysOfMonth, months, weekdays] as const;

const descriptors: Readonly<Record<string, string>> = {
  '@yearly': '0 0 0 1 1 *',
  '@annually': '0 0 0 1 1 *',
  '@monthly': '0 0 0 1 * *',
  '@weekly': '0 0 0 * * 0',
  '@daily': '0 0 0 * * *',
  '@midnight': '0 0 0 * * *',
  '@hourly': '0 0 * * * *',
};
const daySeconds = 86_400;
const horizonDays = 5 * 366;

/** @throws Error with the words of the library. */
export function parseCron(text: string): CronSchedule {
  if (text === '') throw new Error('Empty spec string');
  if (text.startsWith('@')) return parseDescriptor(text);
  const parts = text.split(/\s+/u).filter((part) => part !== '');
  if (parts.length < 5 || parts.length > 6) throw new Error(`Expected 5 to 6 fields, found ${parts.length}: ${text}`);
  const allowed = (index: number) => valuesOf(parts[index] ?? '*', fields[index] ?? weekdays);
  const isStar = (index: number) => /^[*?]/u.test(parts[index] ?? '*');
  const days = { day: allowed(3), month: allowed(4), weekday: allowed(5), isEitherStar: isStar(3) || isStar(5) };
  return scheduleOf(timesOf(allowed(2), allowed(1), allowed(0)), days);
}

function parseDescriptor(text: string): CronSchedule {
  const known = descriptors[text];
  if (known !== undefined) return parseCron(known);
  const interval = /^@every (?=\d)(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/u.exec(text);
  if (!interval) throw new Error(`Unrecognized descriptor: ${text}`);
  const [, h = '0', m = '0', s = '0'] = interval;
  const every = Number(h) * 3600 + Number(m) * 60 + Number(s);
  return { next: (afterSeconds) => afterSeconds + every };
}

function valuesOf(text: string, field: Field): ReadonlySet<number> {
  return new Set(text.split(',').flatMap((part) => rangeOf(part, field)));
}

function rangeOf(text: string, field: Field): number[] {
  const [range = '', step = '1', ...more] = text.split('/');
  if (more.length > 0) throw new Error(`Too many slashes: ${text}`);
  const [low = '', high] = range.split('-');
  const isAny = range === '*' || range === '?';
  const start = isAny ? field.minimum : numberOf(low, field);
  const end = endOf({ isAny, start, high, hasStep: text.includes('/') }, field);
  const stride = numberOf(step, field);
  const problem = rangeProblem({ start, end, stride }, field);
  if (problem !== undefined) throw new Error(`${problem}: ${text}`);
  return Array.from({ length: Math.floor((end - start) / stride) + 1 }, (_, index) => start + index * stride);
}

interface Numbers {
  readonly start: number;
  readonly end: number;
  readonly stride: number;
}

function rangeProblem({ start, end, stride }: Numbers, { minimum, maximum }: Field): string | undefined {
  if (start < minimum) return `Beginning of range (${start}) below minimum (${minimum})`;
  if (end > maximum) return `End of range (${end}) above maximum (${maximum})`;
  if (start > end) return `Beginning of range (${start}) beyond end of range (${end})`;
  return stride === 0 ? 'Step of range should be a positive number' : undefined;
}

interface Range {
  readonly isAny: boolean;
  readonly start: number;
  readonly high: string | undefined;
  readonly hasStep: boolean;
}

function endOf({ isAny, start, high, hasStep }: Range, field: Field): number {
  if (high !== undefined) return numberOf(high, field);
  return isAny || hasStep ? field.maximum : start;
}

function numberOf(text: string, field: Field): number {
  const named = field.names?.indexOf(text.toLowerCase()) ?? -1;
  if (named >= 0) return field.minimum + named;
  if (/^\d+$/u.test(text)) return Number(text);
  throw new Error(`Failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
}

/** Seconds of the day, ascending. */
function timesOf(hour: ReadonlySet<number>, minute: ReadonlySet<number>, second: ReadonlySet<number>): number[] {
  const [h, m, s] = [hour, minute, second].map((values) => [...values].sort((left, right) => left - right));
  return (h ?? []).flatMap((one) =>
    (m ?? []).flatMap((two) => (s ?? []).map((three) => one * 3600 + two * 60 + three)),
  );
}

interface Days {
  readonly day: ReadonlySet<number>;
  readonly month: ReadonlySet<number>;
  readonly weekday: ReadonlySet<number>;
  /** Without a star in both fields, a day needs only one of them. */
  readonly isEitherStar: boolean;
}

function scheduleOf(times: readonly number[], { day, month, weekday, isEitherStar }: Days): CronSchedule {
  const isDay = (date: Date) => {
    const [byDay, byWeekday] = [day.has(date.getUTCDate()), weekday.has(date.getUTCDay())];
    return month.has(date.getUTCMonth() + 1) && (isEitherStar ? byDay && byWeekday : byDay || byWeekday);
  };
  return {
    next(afterSeconds) {
      const today = Math.floor(afterSeconds / daySeconds) * daySeconds;
      for (let index = 0; index < horizonDays; index += 1) {
        const start = today + index * daySeconds;
        if (!isDay(new Date(start * 1000))) continue;
        const time = times.find((one) => start + one > afterSeconds);
        if (time !== undefined) return start + time;
      }
      return undefined;
    },
  };
}
