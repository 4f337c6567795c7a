import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Json;
}

/** One line of a recording: an exchange, or what Kubernetes showed at that moment. */
export interface RecordedLine {
  readonly file: string;
  readonly seq: number;
  readonly at: string;
  readonly case: string;
  readonly request?: RecordedRequest;
  readonly response?: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Json;
  };
  readonly observed?: Readonly<Record<string, Json>>;
}

export const recordedFolder = fileURLToPath(new URL('../recorded', import.meta.url));

/** The lines of these files together, in the order in which they happened. */
export function readRecorded(files: readonly string[]): RecordedLine[] {
  const lines = files.flatMap((file) =>
    readFileSync(`${recordedFolder}/${file}.jsonl`, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => ({ file, ...(JSON.parse(line) as Omit<RecordedLine, 'file'>) })),
  );
  return lines.sort((left, right) => compare([left.at, left.file, left.seq], [right.at, right.file, right.seq]));
}

type Place = readonly [string, string, number];

function compare(left: Place, right: Place): number {
  for (const [index, value] of left.entries()) {
    const other = right[index] ?? '';
    if (value !== other) return value < other ? -1 : 1;
  }
  return 0;
}

/** Every object anywhere in a value. */
export function* objectsIn(value: Json | undefined): Generator<Readonly<Record<string, Json>>> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield value;
  for (const child of Object.values(value)) yield* objectsIn(child);
}
