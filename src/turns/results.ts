import { canonicalJson, sha256Hex } from '../base/digest.ts';
import { journalLimits } from './journal.ts';

/** What a model is shown of a successful call. */
export interface Shown {
  readonly summary: string;
  readonly data: unknown;
}

/** The result as a journal keeps it: JSON of at most 8,192 characters that says what was cut. */
export function describeResult(shown: Shown, limit: number = journalLimits.resultCharacters) {
  const whole = canonicalJson(shown);
  return {
    summary: cut(shown.summary, journalLimits.summaryCharacters),
    result: whole.length <= limit ? JSON.stringify(shown) : shortened(shown, limit),
    resultDigest: `sha256:${sha256Hex(whole)}`,
  };
}

/** Entries of a list and characters of a text that are kept, from generous to stingy. */
const rounds = [
  { entries: 100, characters: 2_000 },
  { entries: 50, characters: 1_000 },
  { entries: 25, characters: 500 },
  { entries: 10, characters: 250 },
  { entries: 5, characters: 100 },
  { entries: 2, characters: 40 },
] as const;

type Round = (typeof rounds)[number];

function shortened(shown: Shown, limit: number): string {
  for (const round of rounds) {
    const notes: string[] = [];
    const data = shorten(shown.data, { round, path: 'data', notes });
    const text = JSON.stringify({ summary: cut(shown.summary, limit / 4), data, cut: noteOf(notes) });
    if (text.length <= limit) return text;
  }
  return JSON.stringify({ summary: cut(shown.summary, limit / 4), data: null, cut: 'all of the data was cut' });
}

interface Cutting {
  readonly round: Round;
  readonly path: string;
  readonly notes: string[];
}

function shorten(value: unknown, cutting: Cutting): unknown {
  const { round, path, notes } = cutting;
  if (typeof value === 'string' && value.length > round.characters) {
    notes.push(`${path}: first ${round.characters} of ${value.length} characters`);
    return cut(value, round.characters);
  }
  if (Array.isArray(value)) {
    if (value.length > round.entries) notes.push(`${path}: first ${round.entries} of ${value.length} entries`);
    return value.slice(0, round.entries).map((entry: unknown) => shorten(entry, { ...cutting, path: `${path}[]` }));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [key, shorten(entry, { ...cutting, path: `${path}.${key}` })]),
  );
}

function noteOf(notes: readonly string[]): string {
  const distinct = [...new Set(notes)];
  const more = distinct.length > 6 ? [`and ${distinct.length - 6} more`] : [];
  return [...distinct.slice(0, 6), ...more].join('; ');
}

/** At most `limit` UTF-16 units, never half of a surrogate pair; what was cut is marked by an ellipsis. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  return `${text.slice(0, limit - 1).replace(/[\ud800-\udbff]$/u, '')}…`;
}
