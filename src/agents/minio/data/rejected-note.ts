import type { RejectedLines } from '../../../backends/duckdb/dataset-engine.ts';
import { counted } from './figures.ts';

/** A sentence about what was left out, or nothing. */
export function rejectedNote({ count, atLeast, example }: RejectedLines): readonly string[] {
  if (count === 0) return [];
  const first = example === undefined ? '' : `, first ${example.replace(/\.$/, '')}`;
  return [`${counted(count, 'bad line')}${atLeast ? ' or more' : ''} left out${first}.`];
}
