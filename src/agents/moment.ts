import { durationPattern } from './argument.ts';

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** Milliseconds of `30m`, `1h30m`, `7d`; undefined when the text is no duration. */
export function durationMs(text: string): number | undefined {
  if (!durationPattern.test(text)) return undefined;
  const parts = text.matchAll(/([0-9]+)([smhdw])/g);
  return [...parts].reduce((sum, [, count, unit]) => sum + Number(count) * unitMs[unit as keyof typeof unitMs], 0);
}

/** An RFC 3339 time, a date (its first moment) or an age before `now`; undefined when the text is none of these. */
export function momentOf(text: string, now: Date): Date | undefined {
  const ageMs = durationMs(text);
  if (ageMs !== undefined) return new Date(now.getTime() - ageMs);
  if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : new Date(time);
}

/** As momentOf, but a bare date means its last millisecond: "until Tuesday" includes Tuesday. */
export function endMomentOf(text: string, now: Date): Date | undefined {
  const moment = momentOf(text, now);
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(text);
  return moment && isDate ? new Date(moment.getTime() + unitMs.d - 1) : moment;
}

/** `42 s`, `3 min 20 s`, `2 h 5 min`, `4 d 1 h`: two units at most, for people. */
export function humanDuration(durationInMs: number): string {
  const seconds = Math.max(0, Math.round(durationInMs / 1_000));
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  if (first === -1) return '0 s';
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}
