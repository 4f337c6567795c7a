import { pattern } from './text.ts';

/** A time or stretch of time that a text names, as days (`YYYY-MM-DD`) or durations that tools understand. */
export interface Period {
  readonly since?: string;
  readonly until?: string;
}

const dayMs = 86_400_000;
const weekdays = [
  'sunday|sonntag*|dimanche|domingo|domenica|κυριακη',
  'monday|montag*|lundi|lunes|lunedi|δευτερα',
  'tuesday|dienstag*|mardi|martes|martedi|τριτη',
  'wednesday|mittwoch*|mercredi|miercoles|mercoledi|τεταρτη',
  'thursday|donnerstag*|jeudi|jueves|giovedi|πεμπτη',
  'friday|freitag*|vendredi|viernes|venerdi|παρασκευη',
  'saturday|samstag*|samedi|sabado|sabato|σαββατο',
].map((names) => pattern(`(?:${names})s?`));
const months = [
  'januar*|january|jan',
  'februar*|february|feb',
  'march|marz|mar',
  'april|apr',
  'may|mai',
  'june|juni|jun',
  'july|juli|jul',
  'august|aug',
  'september|sept?',
  'october|oktober|oct|okt',
  'november|nov',
  'december|dezember|dec|dez',
].map(pattern);
const units: Readonly<Record<string, string>> = {
  s: 's',
  m: 'm',
  h: 'h',
  d: 'd',
  w: 'w',
  t: 'd',
  j: 'd',
  μ: 'd',
  η: 'd',
  ω: 'h',
  λ: 'm',
  ε: 'w',
};
const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: dayMs, w: 7 * dayMs };
const amount = `(\\d+|an?|one|two|three|four|five|six|seven|ten|twelve|half an|eine?r?|une?|una|un|zwei|drei|deux|trois|dos|tres|δυο|τρεισ)`;
const numbers: Readonly<Record<string, number>> = {
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  ten: 10,
  twelve: 12,
  zwei: 2,
  drei: 3,
  deux: 2,
  trois: 3,
  dos: 2,
  tres: 3,
  δυο: 2,
  τρεισ: 3,
};
const durationPattern = new RegExp(
  `(?<![\\p{L}\\p{N}.-])${amount}\\s?(s|secs?|seconds?|sekunden|m|mins?|minutes?|minuten|minutos|λεπτα|h|hrs?|hours?|stunden?|heures?|horas?|ore|ωρεσ|ωρα|d|days?|tagen?|jours?|dias?|giorni|ημερεσ|μερεσ|w|weeks?|wochen?|semaines?|semanas?|settimane?|εβδομαδεσ)(?![\\p{L}\\p{N}])`,
  'u',
);

/** The first duration in a folded text, as `30m`, `6h`, `2d`. */
export function durationIn(text: string): string | undefined {
  const match = durationPattern.exec(text);
  if (!match?.[1] || !match[2]) return undefined;
  if (match[1] === 'half an') return '30m';
  const unit = /^(semaine|semana|settiman|woche)/.test(match[2])
    ? 'w'
    : /^(ore|horas?|heures?|stunde)/.test(match[2])
      ? 'h'
      : /^(giorni|jours?)/.test(match[2])
        ? 'd'
        : units[match[2][0] ?? ''];
  const count = /^\d/.test(match[1]) ? Number(match[1]) : (numbers[match[1]] ?? 1);
  return `${count}${unit ?? 'd'}`;
}

/** What period a folded text speaks of: `yesterday`, `since monday`, `last 3 days`, `in october`, `2026-03-01`. */
export function periodIn(text: string, now: Date): Period {
  const dates = [...text.matchAll(/(?<![\p{L}\p{N}_-])(\d{4}-\d{2}-\d{2})(?:t[\d:.]+z?)?(?![\p{L}\p{N}_-])/gu)].map(
    (match) => match[1] ?? '',
  );
  if (dates[0] !== undefined) return datedPeriod(text, dates);
  const relative = relativePeriods.find(({ expression }) => expression.test(text));
  if (relative) return relative.period(startOfDay(now));
  const window =
    /(last|past|previous|letzten|vergangenen|derni\p{L}*|ultim\p{L}*|within|in den|newer than|younger than|τελευται\p{L}*|since|seit|for)\s+(?:the\s+(?:last|past)\s+)?(.{0,24})/u.exec(
      text,
    );
  const length = durationIn(window?.[2] ?? '');
  if (length !== undefined) return { since: day(now.getTime() - durationMs(length)) };
  return namedPeriod(text, now);
}

function datedPeriod(text: string, dates: readonly string[]): Period {
  const [first = '', second] = dates;
  if (second !== undefined) return { since: first, until: second };
  if (/(before|until|till|up to|older than|bis|avant|antes|πριν)\s+(the\s+)?\d{4}-/.test(text)) return { until: first };
  if (/(since|after|from|newer than|later than|younger than|seit|ab|depuis|desde|dal|απο)\s+(the\s+)?\d{4}-/.test(text))
    return { since: first };
  return { since: first, until: first };
}

const relativePeriods: readonly { readonly expression: RegExp; readonly period: (today: number) => Period }[] = [
  {
    expression: pattern(
      `last night|tonight|over ?night|letzte nacht|heute nacht|cette nuit|la nuit derniere|anoche|stanotte|χθεσ το βραδυ`,
    ),
    period: (today) => ({ since: day(today - dayMs) }),
  },
  {
    expression: pattern(`yesterday*|gestern*|hier|ayer|ieri|χθεσ|χτεσ`),
    period: (today) => ({ since: day(today - dayMs), until: day(today - dayMs) }),
  },
  {
    expression: pattern(`today*|this morning|heute|aujourd'hui|ce matin|hoy|oggi|σημερα`),
    period: (today) => ({ since: day(today) }),
  },
  {
    expression: pattern(`this week|diese[rn]? woche|cette semaine|esta semana|questa settimana|αυτη την εβδομαδα`),
    period: (today) => ({ since: day(monday(today)) }),
  },
  {
    expression: pattern(
      `last week|letzte[rn]? woche|la semaine derniere|la semana pasada|la settimana scorsa|την περασμενη εβδομαδα`,
    ),
    period: (today) => ({ since: day(monday(today) - 7 * dayMs), until: day(monday(today) - dayMs) }),
  },
  {
    expression: pattern(`this month|diese[rn]? monat|ce mois*|este mes|questo mese|αυτο τον μηνα`),
    period: (today) => ({ since: `${day(today).slice(0, 7)}-01` }),
  },
  {
    expression: pattern(`last month|letzte[rn]? monat|le mois dernier|el mes pasado|il mese scorso|τον περασμενο μηνα`),
    period: (today) => wholeMonth(new Date(today).getUTCFullYear(), new Date(today).getUTCMonth() - 1),
  },
  {
    expression: pattern(`weekend|wochenende|week-end|fin de semana|fine settimana|σαββατοκυριακο`),
    period: (today) => ({ since: day(monday(today) - 2 * dayMs), until: day(monday(today) - dayMs) }),
  },
  { expression: pattern(`(?:past|last) hour`), period: (today) => ({ since: day(today) }) },
];

function namedPeriod(text: string, now: Date): Period {
  const today = startOfDay(now);
  const weekday = weekdays.findIndex((expression) => expression.test(text));
  if (weekday >= 0) {
    const back = (new Date(today).getUTCDay() - weekday + 7) % 7 || 7;
    const date = day(today - back * dayMs);
    return /(since|after|seit|depuis|desde|dal|απο)\s/.test(text) ? { since: date } : { since: date, until: date };
  }
  const month = months.findIndex((expression) => expression.test(text));
  if (month < 0 || (month === 4 && !/(in|since|of|during|seit|im)\s+ma[iy]/.test(text))) return {};
  const year = new Date(today).getUTCFullYear() - (month > new Date(today).getUTCMonth() ? 1 : 0);
  const dayOfMonth =
    /(?<![\d.])([12]?\d|3[01])(?:st|nd|rd|th|\.)?(?=\s+(?:of\s+)?\p{L})|\p{L}\s+([12]?\d|3[01])(?:st|nd|rd|th)?(?![\d.])/u.exec(
      text,
    );
  const whole = wholeMonth(year, month);
  const date = dayOfMonth ? day(Date.UTC(year, month, Number(dayOfMonth[1] ?? dayOfMonth[2]))) : undefined;
  if (/(since|after|seit|depuis|desde|dal|απο)\s/.test(text)) return { since: date ?? whole.since };
  return date === undefined ? whole : { since: date, until: date };
}

function wholeMonth(year: number, month: number): { since: string; until: string } {
  return { since: day(Date.UTC(year, month, 1)), until: day(Date.UTC(year, month + 1, 0)) };
}

/** `every day at 6:30`, `weekdays at 7`, `hourly`, `0 0 6 * * *` → six fields, seconds first. */
export function cronIn(text: string): string | undefined {
  const literal = /(?<![\p{L}\p{N}])((?:[\d*?][\d*,/-]*\s+){4,5}[\d*?a-z][\d*,/a-z-]*)(?![\p{L}\p{N}])/u.exec(
    text,
  )?.[1];
  if (literal !== undefined) return literal.split(/\s+/).length === 5 ? `0 ${literal}` : literal;
  const every =
    /(?:every|each|alle|toutes les|tous les|cada|ogni|καθε)\s+(\d+|other|half)?\s*(?:an?\s+)?(min\p{L}*|λεπτα|h\p{L}*|stunde\p{L}*|ore|ωρεσ|ωρα)(?!\p{L})/u.exec(
      text,
    );
  if (every?.[2]) return stepCron(every[1], /^(m|λ)/.test(every[2]));
  if (/hourly|stundlich/.test(text)) return '0 0 * * * *';
  const [hour, minute] = timeOfDay(text);
  const time = `0 ${minute} ${hour}`;
  const days = weekdays.flatMap((expression, index) => (expression.test(text) ? [index] : []));
  if (
    pattern(
      'weekdays?|working days?|business days?|werktag*|wochentag*|jours ouvres|dias laborables|giorni feriali|εργασιμ*',
    ).test(text)
  )
    return `${time} * * 1-5`;
  if (pattern('weekends?|wochenende*').test(text)) return `${time} * * 0,6`;
  if (days.length > 0) return `${time} * * ${days.join(',')}`;
  if (pattern('month*|monat*|mois|mensuel*|mes|mensual*|mese|mensil*|μηνα*').test(text))
    return `${time} ${/(\d{1,2})(?:st|nd|rd|th)/.exec(text)?.[1] ?? 1} * *`;
  if (pattern('week*|wochentlich*|hebdomadaire*|semana*|settiman*|εβδομαδ*').test(text)) return `${time} * * 1`;
  return pattern(
    'day|daily|night*|morning|evening|every|taglich*|tag|morgen|nacht|jour*|quotidien*|dia|diari*|noche|giorno|notte|μερα|ημερα|καθημεριν*|πρωι|βραδυ',
  ).test(text)
    ? `${time} * * *`
    : undefined;
}

function stepCron(count: string | undefined, inMinutes: boolean): string {
  const step = count === 'other' ? '2' : count;
  if (count === 'half') return '0 */30 * * * *';
  const field = step === undefined || step === '1' ? '*' : `*/${step}`;
  return inMinutes ? `0 ${field} * * * *` : `0 0 ${field} * * *`;
}

function timeOfDay(text: string): readonly [number, number] {
  if (/(?<!\p{L})(noon|midday|mittags?|midi|mediodia)(?!\p{L})/u.test(text)) return [12, 0];
  const match =
    /(?<![\p{N}.:-])([01]?\d|2[0-3])[:.h]([0-5]\d)?\s*(am|pm)?(?![\p{N}-])|(?<![\p{N}.-])(1?\d)\s*(am|pm)(?!\p{L})|(?:at|um|gegen|a las?|alle|vers|a|στισ)\s+(\d{1,2})(?![\p{N}.:h-])/u.exec(
      text,
    );
  const hour = Number(match?.[1] ?? match?.[4] ?? match?.[6] ?? 0);
  const half = match?.[3] ?? match?.[5];
  return [half === 'pm' && hour < 12 ? hour + 12 : half === 'am' && hour === 12 ? 0 : hour, Number(match?.[2] ?? 0)];
}

/** `500 MB`, `2GiB` as tools take it. */
export function sizeIn(text: string): string | undefined {
  const match =
    /(?<![\p{L}\p{N}.])(\d+(?:[.,]\d+)?)\s?(k|m|g|t)(i?)b?(?:ytes?)?(?![\p{L}\p{N}])|(?<![\p{L}\p{N}.])(\d+)\s?(kilo|mega|giga|tera)bytes?/u.exec(
      text,
    );
  if (!match) return undefined;
  const number = (match[1] ?? match[4] ?? '').replace(',', '.');
  return `${number}${(match[2] ?? match[5]?.[0] ?? '').toUpperCase()}${match[3] ?? ''}B`;
}

function durationMs(length: string): number {
  return Number.parseInt(length, 10) * (unitMs[length.at(-1) ?? ''] ?? 0);
}

function startOfDay(date: Date): number {
  return Math.floor(date.getTime() / dayMs) * dayMs;
}

function monday(today: number): number {
  return today - ((new Date(today).getUTCDay() + 6) % 7) * dayMs;
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
