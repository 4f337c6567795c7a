import { analyze, identifiers } from './analyzer.ts';
import type { Chunk } from './chunk.ts';

export const fieldNames = ['title', 'headings', 'path', 'text', 'identifiers'] as const;

/** Frequencies of a term in all fields share one 32-bit number: bits per field, in the order of `fieldNames`. */
const fieldBits = [4, 5, 4, 11, 8];
export const fieldShifts = fieldBits.map((_, field) => fieldBits.slice(0, field).reduce((sum, bits) => sum + bits, 0));
export const fieldLimits = fieldBits.map((bits) => 2 ** bits - 1);

/** What the index needs to know of a chunk. */
export interface AnalyzedChunk {
  /** Numbers of the distinct terms. */
  readonly terms: Uint32Array;
  /** Packed frequencies of the same terms. */
  readonly counts: Uint32Array;
  /** Terms in each field. */
  readonly lengths: readonly number[];
}

/** Numbers the terms of chunks: equal terms, equal numbers. Terms are never forgotten; a rebuild starts afresh. */
export class ChunkAnalyzer {
  readonly terms = new Map<string, number>();

  analyze(chunk: Chunk): AnalyzedChunk {
    const counts = new Map<number, number>();
    const lengths = fieldsOf(chunk).map((terms, field) => {
      for (const term of terms) this.#count(term, field, counts);
      return terms.length;
    });
    return { terms: Uint32Array.from(counts.keys()), counts: Uint32Array.from(counts.values()), lengths };
  }

  #count(term: string, field: number, counts: Map<number, number>): void {
    const number = this.terms.get(term) ?? this.terms.size;
    if (number === this.terms.size) this.terms.set(term, number);
    const packed = counts.get(number) ?? 0;
    const shift = fieldShifts[field] ?? 0;
    const limit = fieldLimits[field] ?? 0;
    if (((packed >>> shift) & limit) < limit) counts.set(number, packed + 2 ** shift);
  }
}

function fieldsOf({ title, headings, document, text }: Chunk): readonly string[][] {
  return [
    analyze(title),
    headings.flatMap((heading) => analyze(heading)),
    analyze(document),
    analyze(text),
    [title, ...headings, text].flatMap((part) => identifiers(part)),
  ];
}
