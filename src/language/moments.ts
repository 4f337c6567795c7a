import { pattern } from './text.ts';

/** Days (`YYYY-MM-DD`), both included. */
export interface Period {
  readonly since?: string;
  readonly until?: string;
}

const dayMs = 86_400_000;
const weekdays = 'sunday|monday|tuesday|wednesday|thursday|friday|saturday'
  .split('|')
  .map((name) => pattern(`${name}s?`));
const since = /(?:since|after|from|newer than|later than)\s/;
const before = /(?:before|until|till|up to|older than)\s/;

/** First letter of a unit of time → its length. */
const units = new Map([
  ['w', 7 * dayMs],
  ['d', dayMs],
  ['h', dayMs / 24],
  ['m', 60_000],
  ['s', 1000],
]);
const numbers = ['half', 'an?|one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
const count = String.raw`\d+|${numbers.join('|')}`;
const durationPattern = new RegExp(
  String.raw`(?<![\p{L}\p{N}.-])(${count})\s?(?:an\s)?([smhdw]|secs?|mins?|hrs?|(?:second|minute|hour|day|week)s?)(?![\p{L}\p{N}])`,
  'u',
);

function numberOf(text: string): number {
  return /\d/.test(text) ? Number(text) : numbers.findIndex((names) => new RegExp(`^(?:${names})$`).test(text));
}

/** The first duration in a folded text, as `30m`, `6h`, `2d`. */
export function durationIn(text: string): string | undefined {
  const [, amount, unit = ''] = durationPattern.exec(text) ?? [];
  return amount === undefined ? undefined : amount === 'half' ? '30m' : `${numberOf(amount)}${unit.charAt(0)}`;
}

/** What period a folded text speaks of: `yesterday`, `since monday`, `last 3 days`, `in october`, `2026-03-01`. */
export function periodIn(text: string, now: Date): Period {
  const [first, second] = [...text.matchAll(/(?<![\p{L}\p{N}_-])\d{4}-\d{2}-\d{2}(?![\p{L}\p{N}_-]*-)/gu)].map(String);
  if (first !== undefined) return openPeriod(text, { since: first, until: second ?? first });
  const today = Math.floor(now.getTime() / dayMs) * dayMs;
  const monday = today - ((now.getUTCDay() + 6) % 7) * dayMs;
  const relative = relativePeriods.find(([expression]) => expression.test(text));
  if (relative) return relative[1](today, monday);
  const [, length = ''] = /(?:last|past|previous|within|than|since|for)\s(.{0,24})/u.exec(text) ?? [];
  const duration = durationIn(length);
  const unitMs = units.get(duration?.at(-1) ?? '');
  if (duration !== undefined && unitMs) return { since: day(now.getTime() - Number.parseInt(duration) * unitMs) };
  return namedPeriod(text, new Date(today));
}

const relativePeriods: readonly (readonly [RegExp, (today: number, monday: number) => Period])[] = [
  [pattern('last night|overnight|tonight|(?:during|over|in) the night'), (today) => ({ since: day(today - dayMs) })],
  [pattern('yesterday*'), (today) => ({ since: day(today - dayMs), until: day(today - dayMs) })],
  [pattern('today*|this (?:morning|afternoon|evening)|(?:past|last) hour'), (today) => ({ since: day(today) })],
  [pattern('this week'), (_, monday) => ({ since: day(monday) })],
  [pattern('last week'), (_, monday) => ({ since: day(monday - 7 * dayMs), until: day(monday - dayMs) })],
  [pattern('weekend'), (_, monday) => ({ since: day(monday - 2 * dayMs), until: day(monday - dayMs) })],
  [pattern('this month'), (today) => monthOf(new Date(today), 0)],
  [pattern('last month'), (today) => monthOf(new Date(today), -1)],
];

function namedPeriod(text: string, today: Date): Period {
  const weekday = weekdays.findIndex((expression) => expression.test(text));
  if (weekday < 0) return {};
  const date = day(today.getTime() - ((today.getUTCDay() - weekday + 7) % 7 || 7) * dayMs);
  return openPeriod(text, { since: date, until: date });
}

/** `since` and `before` leave one end open. */
function openPeriod(text: string, period: Required<Period>): Period {
  if (period.since === period.until && before.test(text)) return { until: period.until };
  return since.test(text) && !/\b(?:to|and)\b/.test(text) ? { since: period.since } : period;
}

function monthOf(date: Date, offset: number): Required<Period> {
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + offset];
  return { since: day(Date.UTC(year, month, 1)), until: day(Date.UTC(year, month + 1, 0)) };
}

/** Day of the month, month and days of the week, as cron has them. */
const dayFields: readonly (readonly [RegExp, string])[] = [
  [pattern('(?:week|work)days?|(?:working|business|work) days?'), '* * 1-5'],
  [pattern('weekends?'), '* * 0,6'],
  [pattern('month*'), '1 * *'],
  [pattern('week*'), '* * 1'],
  [pattern('day|daily|night*|morning|evening|every|each'), '* * *'],
];
const stepPattern = new RegExp(String.raw`(?:every|each)\s(${count}|other)?\s?(?:an?\s)?(min|h)\p{L}*|hourly`, 'u');

/** `every day at 6:30`, `weekdays at 7`, `hourly`, `0 6 * * *` → six fields, seconds first. */
export function cronIn(text: string): string | undefined {
  const [, literal] =
    /(?<![\p{L}\p{N}])((?:[\d*?][\d*,/-]*\s+){4,5}[\d*?a-z][\d*,/a-z-]*)(?![\p{L}\p{N}])/u.exec(text) ?? [];
  if (literal !== undefined) return literal.split(/\s+/).length === 5 ? `0 ${literal}` : literal;
  const step = stepPattern.exec(text);
  if (step) return stepCron(step[1] ?? 'one', step[2] === 'min');
  const fields = daysIn(text);
  return fields && `0 ${timeOfDay(text)} ${fields}`;
}

function daysIn(text: string): string | undefined {
  const days = weekdays.flatMap((expression, index) => (expression.test(text) ? [index] : []));
  const fields = dayFields.find(([expression]) => expression.test(text))?.[1];
  const [, nth = '1'] = /(\d{1,2})(?:st|nd|rd|th)/.exec(text) ?? [];
  return days.length > 0 ? `* * ${days.join(',')}` : fields?.replace(/^1 /, `${nth} `);
}

function stepCron(step: string, inMinutes: boolean): string {
  if (step === 'half') return '0 */30 * * * *';
  const steps = step === 'other' ? 2 : numberOf(step);
  const field = steps === 1 ? '*' : `*/${steps}`;
  return inMinutes ? `0 ${field} * * * *` : `0 0 ${field} * * *`;
}

/** Minute and hour, as cron has them. */
function timeOfDay(text: string): string {
  if (pattern('noon|midday').test(text)) return '0 12';
  const time =
    /(?<![\p{N}.:-])(?<hour>\d{1,2})[:.h](?<minute>[0-5]\d)?\s?(?<half>[ap]m)?(?![\p{N}-])|(?<![\p{N}.-])(?<hour>\d{1,2})\s?(?<half>[ap]m)|at\s(?<hour>\d{1,2})(?![\p{N}.:h-]|\s?[ap]m)/u.exec(
      text,
    )?.groups;
  const { hour = '0', minute = '0', half } = time ?? {};
  const isAfternoon = half === 'pm' || /in the (?:afternoon|evening)/.test(text);
  const shifted = half === undefined && !isAfternoon ? Number(hour) : (Number(hour) % 12) + (isAfternoon ? 12 : 0);
  return `${Number(minute)} ${shifted}`;
}

/** `500 MB`, `2GiB` as tools take it. */
export function sizeIn(text: string): string | undefined {
  const [, amount, unit = '', binary = ''] =
    /(?<![\p{L}\p{N}.])(\d+(?:[.,]\d+)?)\s?([kmgt])(i?)(?:b|(?:ilo|ega|iga|era)?bytes?)?(?![\p{L}\p{N}])/u.exec(text) ??
    [];
  return amount && `${amount.replace(',', '.')}${unit.toUpperCase()}${binary}B`;
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
