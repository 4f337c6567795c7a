import { expect, test } from 'vitest';
import { columnKindOf } from './column-kind.ts';

test.each([
  ['BIGINT', 'number'],
  ['UTINYINT', 'number'],
  ['HUGEINT', 'number'],
  ['DOUBLE', 'number'],
  ['DECIMAL(9,2)', 'number'],
  ['DATE', 'time'],
  ['TIMESTAMP', 'time'],
  ['TIMESTAMP_NS', 'time'],
  ['TIMESTAMP WITH TIME ZONE', 'time'],
  ['BOOLEAN', 'boolean'],
  ['VARCHAR', 'text'],
  ['UUID', 'text'],
  ['TIME', 'text'],
  ['JSON', 'text'],
  ["ENUM('a', 'b')", 'text'],
  ['BIGINT[]', 'other'],
  ['DOUBLE[3]', 'other'],
  ['STRUCT(a BIGINT)', 'other'],
  ['MAP(VARCHAR, BIGINT)', 'other'],
  ['BLOB', 'other'],
  ['INTERVAL', 'other'],
])('%s is %s', (type, kind) => {
  expect(columnKindOf(type)).toBe(kind);
});
