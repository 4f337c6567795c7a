import { stemOf, wordsOf } from './analyzer.ts';
import { vocabulary } from './vocabulary.ts';

export interface Expansion {
  readonly text: string;
  readonly weight: number;
}

/** Key of a phrase: its stems in order. */
type Meanings = ReadonlyMap<string, readonly string[]>;

const longestPhrase = 4;
const meanings = meaningsOf(vocabulary);

/** What else the words of the question may be called; nothing that it says already. */
export function expansionsOf(question: string, weight: number): readonly Expansion[] {
  const stems = wordsOf(question).map(stemOf);
  const said = new Set(stems);
  const found = new Set<string>();
  for (const phrase of phrasesOf(stems)) for (const other of meanings.get(phrase) ?? []) found.add(other);
  return [...found]
    .filter((text) => !text.split(' ').every((entry) => said.has(stemOf(entry))))
    .map((text) => ({ text, weight }));
}

function phrasesOf(stems: readonly string[]): string[] {
  return stems.flatMap((_, start) =>
    Array.from({ length: Math.min(longestPhrase, stems.length - start) }, (__, more) =>
      stems.slice(start, start + more + 1).join(' '),
    ),
  );
}

function meaningsOf(table: string): Meanings {
  const found = new Map<string, Set<string>>();
  const add = (said: string, meant: string) => {
    const key = wordsOf(said).map(stemOf).join(' ');
    if (said !== meant) (found.get(key) ?? found.set(key, new Set()).get(key))?.add(meant);
  };
  for (const line of table.split('\n').filter((entry) => entry.trim() !== '')) {
    const [left, right] = line.split('>').map((side) => side.split(',').map((entry) => entry.trim()));
    for (const said of left ?? []) for (const meant of right ?? left ?? []) add(said, meant);
  }
  return new Map([...found].map(([key, others]) => [key, [...others]]));
}
