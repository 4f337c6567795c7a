import type { ColumnKind } from './dataset-engine.ts';

const kinds: readonly (readonly [RegExp, ColumnKind])[] = [
  [/[\]}]$|^(STRUCT|MAP|UNION|BLOB|BIT|INTERVAL|VARIANT|GEOMETRY)\b/, 'other'],
  [/^(U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|FLOAT|DOUBLE|BIGNUM|DECIMAL\(.*\))$/, 'number'],
  [/^(DATE|TIMESTAMP.*)$/, 'time'],
  [/^BOOLEAN$/, 'boolean'],
];

export function columnKindOf(type: string): ColumnKind {
  return kinds.find(([pattern]) => pattern.test(type))?.[1] ?? 'text';
}
