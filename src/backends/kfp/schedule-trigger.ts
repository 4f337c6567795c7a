import { Cron } from 'croner';
import type { KfpTrigger } from './kfp-objects.ts';

export type ParsedTrigger =
  | {
      readonly ok: true;
      readonly trigger: KfpTrigger;
      /** How it was understood, when that is not what was written. */
      readonly note?: string;
    }
  | { readonly ok: false; readonly problem: string };

/** Words of the cron library that KFP uses, as their six fields. */
const words: Readonly<Record<string, string>> = {
  '@yearly': '0 0 0 1 1 *',
  '@annually': '0 0 0 1 1 *',
  '@monthly': '0 0 0 1 * *',
  '@weekly': '0 0 0 * * 0',
  '@daily': '0 0 0 * * *',
  '@midnight': '0 0 0 * * *',
  '@hourly': '0 0 * * * *',
};

/**
 * Reads a cron expression, `@daily` and the like, or `@every 4h`, into a trigger that KFP understands as it is meant.
 * KFP takes six fields, seconds first; five it would take as well, but reads them as second, minute, hour, day, month.
 */
export function parseTrigger(text: string): ParsedTrigger {
  const words = text.trim().replaceAll(/\s+/g, ' ');
  if (/^@every /i.test(words)) return everyOf(words);
  if (words.startsWith('@')) return wordOf(words.toLowerCase());
  if (/(CRON_)?TZ=/.test(words)) {
    return refused('Kubeflow Pipelines knows no time zones; write the time in UTC and leave TZ= out.');
  }
  const fields = words.split(' ');
  if (fields.length === 5) return cronOf(`0 ${words}`, `five fields, read as crontab does: at second 0`);
  if (fields.length === 6) return cronOf(words);
  const count = words === '' ? 0 : fields.length;
  return refused(
    `A cron expression has six fields (second minute hour day month weekday), or five without seconds; this one has ${count}. Years cannot be given.`,
  );
}

/** The moments (UTC) it will fire at next, soonest first; fewer when it stops firing. */
export function nextFiringTimes(trigger: KfpTrigger, from: Date, count: number): readonly Date[] {
  if (trigger.kind === 'none') return [];
  const start =
    trigger.startTime === undefined ? from : new Date(Math.max(Date.parse(trigger.startTime), from.getTime()));
  const end = trigger.endTime === undefined ? Infinity : Date.parse(trigger.endTime);
  const times =
    trigger.kind === 'cron' ? cronTimes(trigger.cron, start, count) : intervalTimes(trigger.seconds, start, count);
  return times.filter((time) => time.getTime() <= end);
}

function wordOf(word: string): ParsedTrigger {
  const cron = words[word];
  if (cron === undefined) return refused(`${word} is none of ${Object.keys(words).join(', ')} and @every <duration>.`);
  return { ok: true, trigger: { kind: 'cron', cron }, note: `${word} means ${cron}` };
}

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };

function everyOf(text: string): ParsedTrigger {
  const duration = text.slice('@every '.length).trim().toLowerCase();
  if (!/^(\d+[smhdw])+$/.test(duration)) return refused('@every takes a duration such as 30m, 4h or 1h30m.');
  const parts = duration.match(/\d+[smhdw]/g) ?? [];
  const seconds = parts.reduce((sum, part) => sum + Number(part.slice(0, -1)) * (unitSeconds[part.slice(-1)] ?? 0), 0);
  if (seconds < 1) return refused('An interval lasts one second at least.');
  return { ok: true, trigger: { kind: 'interval', seconds } };
}

/** What the cron library of KFP knows: numbers, names, ranges, lists and steps; no L, W, # or weekday 7. */
const fieldPatterns = [
  /^[\d*,/-]+$/,
  /^[\d*,/-]+$/,
  /^[\d*,/-]+$/,
  /^[\d*?,/-]+$/,
  /^([\d*,/-]|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)+$/i,
  /^([0-6*?,/-]|sun|mon|tue|wed|thu|fri|sat)+$/i,
] as const;
const fieldNames = ['second', 'minute', 'hour', 'day of the month', 'month', 'weekday'] as const;

function cronOf(cron: string, note?: string): ParsedTrigger {
  const fields = cron.split(' ');
  const wrong = fieldPatterns.findIndex((pattern, index) => !pattern.test(fields[index] ?? ''));
  if (wrong !== -1) {
    const hint = wrong === 5 ? ' (0 to 6 or SUN to SAT)' : '';
    return refused(`${fields[wrong] ?? ''} is no ${fieldNames[wrong] ?? ''} that Kubeflow Pipelines knows${hint}.`);
  }
  try {
    const never = new Cron(cronForCroner(cron), { timezone: 'UTC' }).nextRun() === null;
    if (never) return refused(`${cron} never fires.`);
  } catch (error) {
    return refused(`${cron} is no cron expression: ${error instanceof Error ? error.message : String(error)}`);
  }
  return { ok: true, trigger: { kind: 'cron', cron }, ...(note !== undefined && { note: `${note} (${cron})` }) };
}

function cronTimes(cron: string, from: Date, count: number): readonly Date[] {
  const fields = cron.split(' ').length;
  const expression = words[cron.toLowerCase()] ?? (cron.startsWith('@every ') ? undefined : cron);
  if (expression === undefined) {
    const every = everyOf(cron);
    return every.ok && every.trigger.kind === 'interval' ? intervalTimes(every.trigger.seconds, from, count) : [];
  }
  try {
    // A schedule of another's making may have five fields: KFP reads them as second, minute, hour, day, month.
    const six = fields === 5 ? `${expression} *` : expression;
    return new Cron(cronForCroner(six), { timezone: 'UTC' }).nextRuns(count, from);
  } catch {
    return [];
  }
}

/** `?` is `*` for KFP; for croner it is the present moment. */
function cronForCroner(cron: string): string {
  return cron.replaceAll('?', '*');
}

function intervalTimes(seconds: number, from: Date, count: number): readonly Date[] {
  return Array.from({ length: count }, (_, index) => new Date(from.getTime() + (index + 1) * seconds * 1_000));
}

function refused(problem: string): ParsedTrigger {
  return { ok: false, problem };
}
