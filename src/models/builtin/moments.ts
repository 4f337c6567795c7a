import { pattern } from './text.ts';

/** Days (`YYYY-MM-DD`), both included. */
export interface Period {
  readonly since?: string;
  readonly until?: string;
}

const dayMs = 86_400_000;
const weekdays = patterns(`sunday|sonntag*|dimanche|domingo|domenica|κυριακη; monday|montag*|lundi|lunes|lunedi|δευτερα;
  tuesday|dienstag*|mardi|martes|martedi|τριτη; wednesday|mittwoch*|mercredi|miercoles|mercoledi|τεταρτη;
  thursday|donnerstag*|jeudi|jueves|giovedi|πεμπτη; friday|freitag*|vendredi|viernes|venerdi|παρασκευη;
  saturday|samstag*|samedi|sabado|sabato|σαββατο`);
const months =
  patterns(`januar*|january|jan; februar*|february|feb; march|marz|mar; april|apr; (?<=(?:in|since|of|im)\\s)ma[iy];
  june|juni|jun; july|juli|jul; august|aug; september|sept?; october|oktober|oct|okt; november|nov; december|dezember|dec|dez`);
const since = /(since|after|from|newer than|later than|seit|ab|depuis|desde|dal|απο)\s(the\s)?/;
const before = /(before|until|till|up to|older than|bis|avant|antes|πριν)\s(the\s)?/;

/** First letters of a unit of time → what tools write, and its length. */
const units: readonly (readonly [RegExp, string, number])[] = [
  [/^(w|sem|sett|εβδ)/, 'w', 7 * dayMs],
  [/^(d|ta|j|g|η|με)/, 'd', dayMs],
  [/^(h|stun|or|ω)/, 'h', dayMs / 24],
  [/^(m|λ)/, 'm', 60_000],
  [/^s/, 's', 1000],
];
const unitWord = String.raw`(s|m|h|d|w|secs?|mins?|hrs?|(?:second|minute|minuto|hour|heure|hora|day|dia|week|semana|semaine|jour|woche|stunde|tag|sekunde)(?:s|n|en|e)?|ore|giorni|settimane|λεπτα|ωρεσ|ωρα|ημερεσ|μερεσ|εβδομαδεσ)`;
const words = ['half', 'a', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
const durationPattern = new RegExp(
  String.raw`(?<![\p{L}\p{N}.-])(\d+|an?|one|${words.join('|')})\s?(?:an\s)?${unitWord}(?![\p{L}\p{N}])`,
  'u',
);

/** The first duration in a folded text, as `30m`, `6h`, `2d`. */
export function durationIn(text: string): string | undefined {
  const [, count = '', unit = ''] = durationPattern.exec(text) ?? [];
  if (count === 'half') return '30m';
  const known = units.find(([start]) => start.test(unit));
  return known && `${/\d/.test(count) ? count : Math.max(1, words.indexOf(count))}${known[1]}`;
}

/** What period a folded text speaks of: `yesterday`, `since monday`, `last 3 days`, `in october`, `2026-03-01`. */
export function periodIn(text: string, now: Date): Period {
  const [first, second] = [...text.matchAll(/(?<![\p{L}\p{N}_-])\d{4}-\d{2}-\d{2}(?![\p{L}\p{N}_-]*-)/gu)].map(String);
  if (first !== undefined) return openPeriod(text, { since: first, until: second ?? first });
  const today = Math.floor(now.getTime() / dayMs) * dayMs;
  const monday = today - ((now.getUTCDay() + 6) % 7) * dayMs;
  const relative = relativePeriods.find(([expression]) => expression.test(text));
  if (relative) return relative[1](today, monday);
  const [, length = ''] =
    /(?:last|past|previous|letzten|derni\p{L}*|ultim\p{L}*|within|than|in den|τελευται\p{L}*|since|seit|for)\s(.{0,24})/u.exec(
      text,
    ) ?? [];
  const duration = durationIn(length);
  const unit = units.find(([, name]) => name === duration?.at(-1));
  if (duration !== undefined && unit) return { since: day(now.getTime() - Number.parseInt(duration) * unit[2]) };
  return namedPeriod(text, new Date(today));
}

const relativePeriods: readonly (readonly [RegExp, (today: number, monday: number) => Period])[] = [
  [
    pattern(
      'last night|over ?night|letzte nacht|heute nacht|cette nuit|la nuit derniere|anoche|stanotte|χθεσ το βραδυ',
    ),
    (today) => ({ since: day(today - dayMs) }),
  ],
  [
    pattern('yesterday*|gestern*|hier|ayer|ieri|χθεσ|χτεσ'),
    (today) => ({ since: day(today - dayMs), until: day(today - dayMs) }),
  ],
  [
    pattern("today*|this morning|past hour|last hour|heute|aujourd'hui|ce matin|hoy|oggi|σημερα"),
    (today) => ({ since: day(today) }),
  ],
  [
    pattern('this week|diese[rn]? woche|cette semaine|esta semana|questa settimana|αυτη την εβδομαδα'),
    (_, monday) => ({ since: day(monday) }),
  ],
  [
    pattern('last week|letzte[rn]? woche|semaine derniere|semana pasada|settimana scorsa'),
    (_, monday) => ({ since: day(monday - 7 * dayMs), until: day(monday - dayMs) }),
  ],
  [
    pattern('weekend|wochenende|week-end|fin de semana|fine settimana|σαββατοκυριακο'),
    (_, monday) => ({ since: day(monday - 2 * dayMs), until: day(monday - dayMs) }),
  ],
  [
    pattern('this month|diese[rn]? monat|ce mois*|este mes|questo mese|αυτο τον μηνα'),
    (today) => monthOf(new Date(today), 0),
  ],
  [
    pattern('last month|letzte[rn]? monat|mois dernier|mes pasado|mese scorso'),
    (today) => monthOf(new Date(today), -1),
  ],
];

function namedPeriod(text: string, today: Date): Period {
  const weekday = weekdays.findIndex((expression) => expression.test(text));
  if (weekday >= 0) {
    const date = day(today.getTime() - ((today.getUTCDay() - weekday + 7) % 7 || 7) * dayMs);
    return openPeriod(text, { since: date, until: date });
  }
  const month = months.findIndex((expression) => expression.test(text));
  if (month < 0) return {};
  const offset = month - today.getUTCMonth() - (month > today.getUTCMonth() ? 12 : 0);
  const whole = monthOf(today, offset);
  const [, early, late] =
    /(?<![\d.])(\d{1,2})(?:st|nd|rd|th|\.)?\s(?:of\s)?\p{L}{3}|\p{L}{3}\s(\d{1,2})(?:st|nd|rd|th)?(?![\d.])/u.exec(
      text,
    ) ?? [];
  const date = `${whole.since.slice(0, 8)}${(early ?? late ?? '').padStart(2, '0')}`;
  return openPeriod(text, date.endsWith('-00') ? whole : { since: date, until: date });
}

/** `since` and `before` leave one end open. */
function openPeriod(text: string, period: Required<Period>): Period {
  if (period.since === period.until && before.test(text)) return { until: period.until };
  return since.test(text) && !/\b(?:to|and|bis)\b/.test(text) ? { since: period.since } : period;
}

function monthOf(date: Date, offset: number): Required<Period> {
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + offset];
  return { since: day(Date.UTC(year, month, 1)), until: day(Date.UTC(year, month + 1, 0)) };
}

const dayFields: readonly (readonly [RegExp, string])[] = [
  [
    pattern('weekdays?|working days?|business days?|werktag*|wochentag*|jours ouvres|dias laborables|εργασιμ*'),
    '* * 1-5',
  ],
  [pattern('weekends?|wochenende*'), '* * 0,6'],
  [pattern('month*|monat*|mois|mensuel*|mes|mensual*|mese|mensil*|μηνα*'), '1 * *'],
  [pattern('week*|wochentlich*|woche|hebdomadaire*|semaine|semana*|settiman*|εβδομαδ*'), '* * 1'],
  [
    pattern(
      'day|daily|night*|morning|evening|every|each|taglich*|tag|morgen|nacht|abend|jour*|quotidien*|dia|diari*|noche|giorno|notte|μερα|ημερα|καθημεριν*|πρωι|βραδυ',
    ),
    '* * *',
  ],
];

/** `every day at 6:30`, `weekdays at 7`, `hourly`, `0 6 * * *` → six fields, seconds first. */
export function cronIn(text: string): string | undefined {
  const [, literal] =
    /(?<![\p{L}\p{N}])((?:[\d*?][\d*,/-]*\s+){4,5}[\d*?a-z][\d*,/a-z-]*)(?![\p{L}\p{N}])/u.exec(text) ?? [];
  if (literal !== undefined) return literal.split(/\s+/).length === 5 ? `0 ${literal}` : literal;
  const step = stepPattern.exec(text);
  if (step) return stepCron(step[1] ?? '1', /^(min|λ)/.test(step[2] ?? ''));
  const fields = daysIn(text);
  return fields && `0 ${timeOfDay(text)} ${fields}`;
}

const stepPattern =
  /(?:every|each|alle|toutes les|tous les|cada|ogni|καθε)\s(\d+|other|half)?\s?(?:an?\s)?(min|λεπτ|h|stunde|or[ae]|ωρ)\p{L}*|hourly|stundlich/u;

function daysIn(text: string): string | undefined {
  const days = weekdays.flatMap((expression, index) => (expression.test(text) ? [index] : []));
  const fields = dayFields.find(([expression]) => expression.test(text))?.[1];
  const [, nth = '1'] = /(\d{1,2})(?:st|nd|rd|th)/.exec(text) ?? [];
  return days.length > 0 ? `* * ${days.join(',')}` : fields?.replace(/^1 /, `${nth} `);
}

function stepCron(count: string, inMinutes: boolean): string {
  if (count === 'half') return '0 */30 * * * *';
  const field = count === '1' ? '*' : `*/${count.replace('other', '2')}`;
  return inMinutes ? `0 ${field} * * * *` : `0 0 ${field} * * *`;
}

/** Minute and hour, as cron has them. */
function timeOfDay(text: string): string {
  if (pattern('noon|midday|mittags?|midi|mediodia').test(text)) return '0 12';
  const time =
    /(?<![\p{N}.:-])(?<hour>\d{1,2})[:.h](?<minute>[0-5]\d)?\s?(?<half>[ap]m)?(?![\p{N}-])|(?<![\p{N}.-])(?<hour>\d{1,2})\s?(?<half>[ap]m)|(?:at|um|gegen|a las?|alle|vers|a|στισ)\s(?<hour>\d{1,2})(?![\p{N}.:h-]|\s?[ap]m)/u.exec(
      text,
    )?.groups;
  const { hour = '0', minute = '0', half } = time ?? {};
  const shifted = half === undefined ? Number(hour) : (Number(hour) % 12) + (half === 'pm' ? 12 : 0);
  return `${Number(minute)} ${shifted}`;
}

/** `500 MB`, `2GiB` as tools take it. */
export function sizeIn(text: string): string | undefined {
  const [, count, unit = '', binary = ''] =
    /(?<![\p{L}\p{N}.])(\d+(?:[.,]\d+)?)\s?([kmgt])(i?)(?:b|(?:ilo|ega|iga|era)?bytes?)?(?![\p{L}\p{N}])/u.exec(text) ??
    [];
  return count && `${count.replace(',', '.')}${unit.toUpperCase()}${binary}B`;
}

function patterns(text: string): readonly RegExp[] {
  return text.split(/;\s*/).map((names) => pattern(`(?:${names})s?`));
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
