import { compareFolded, containsLike, leadingNumber } from '../protocol/collation.ts';
import { goQuoted, queryUnescape } from '../protocol/go-text.ts';
import { GatewayError, invalid } from '../protocol/kfp-error.ts';
import { decodeMessage } from '../protocol/proto-message.ts';
import { filterMessage } from '../protocol/request-messages.ts';
import { type ColumnValue, type ListKind } from './list-kinds.ts';

export type RowTest<Row> = (row: Row) => boolean;

interface Predicate {
  readonly operation?: string;
  readonly key?: string;
  readonly [value: `${string}_value`]: ColumnValue;
  readonly [values: `${string}_values`]: { readonly values?: readonly ColumnValue[] };
}

const context = 'Failed to create list options: ';

/** Reads a filter as it stands in the query after the gateway's own unescaping: the server unescapes once more. */
export function parseFilter<Row>(kind: ListKind<Row>, text: string): RowTest<Row> {
  const predicates = decodedFilter(text);
  const tests = predicates.map((predicate) => testOf(kind, predicate));
  return (row) => tests.every((test) => test(row));
}

function decodedFilter(text: string): readonly Predicate[] {
  try {
    const decoded = decodeMessage(filterMessage, queryUnescape(text));
    return (decoded['predicates'] ?? []) as readonly Predicate[];
  } catch (error) {
    if (!(error instanceof GatewayError) && !(error instanceof URIError)) throw error;
    // protojson calls text that starts no token an invalid value, where encoding/json names the character.
    const reason = error.message.startsWith('invalid character') ? notAToken(queryUnescape(text)) : error.message;
    throw invalid(`failed to parse valid filter from ${goQuoted(text)}: ${reason}`, context);
  }
}

const notAToken = (text: string) =>
  `proto: syntax error (line 1:1): invalid value ${/^[\w-]+/u.exec(text)?.[0] ?? text.charAt(0)}`;

function testOf<Row>(kind: ListKind<Row>, predicate: Predicate): RowTest<Row> {
  const { operation = 'OPERATION_UNSPECIFIED', key = '' } = predicate;
  const value = valueOf(predicate);
  if (key.startsWith('tags.') && kind.tagsOf) return tagTest(kind, predicate);
  const column = Object.hasOwn(kind.keys, key) ? kind.keys[key] : undefined;
  if (column === undefined) throw invalid(`no support for filtering on unrecognized field ${goQuoted(key)}`, context);
  const read = kind.columns[column] as (row: Row) => ColumnValue;
  if (value === undefined) throw invalid('Error using Filter.Predicate.Value with <nil>', context);
  const compare = comparisonOf(operation, value);
  return (row) => compare(read(row));
}

function valueOf(predicate: Predicate): ColumnValue | readonly ColumnValue[] | undefined {
  const [name] = Object.keys(predicate).filter((field) => /_values?$/u.test(field));
  if (name === undefined) return undefined;
  if (name.endsWith('_value')) return predicate[name as `${string}_value`];
  return predicate[name as `${string}_values`]?.values ?? [];
}

function comparisonOf(
  operation: string,
  value: ColumnValue | readonly ColumnValue[],
): (stored: ColumnValue) => boolean {
  if (operation === 'IN') {
    if (isScalar(value)) throw invalid(`cannot use IN operator with scalar type ${goTypeOf(value)}`, context);
    return (stored) => value.some((one) => compared(stored, one) === 0);
  }
  if (!isScalar(value)) throw invalid(`cannot use ${operation} operator with a list of values`, context);
  const test = scalarTests[operation];
  if (!test) throw invalid('Error using Filter.Predicate.Operation with go_client.Predicate_Operation', context);
  return (stored) => test(stored, value);
}

const scalarTests: Readonly<Record<string, (stored: ColumnValue, value: ColumnValue) => boolean>> = {
  EQUALS: (stored, value) => compared(stored, value) === 0,
  NOT_EQUALS: (stored, value) => compared(stored, value) !== 0,
  GREATER_THAN: (stored, value) => compared(stored, value) > 0,
  GREATER_THAN_EQUALS: (stored, value) => compared(stored, value) >= 0,
  LESS_THAN: (stored, value) => compared(stored, value) < 0,
  LESS_THAN_EQUALS: (stored, value) => compared(stored, value) <= 0,
  IS_SUBSTRING: (stored, value) => containsLike(String(stored), String(value)),
};

const isScalar = (value: ColumnValue | readonly ColumnValue[]): value is ColumnValue => typeof value !== 'object';
const goTypeOf = (value: ColumnValue) => (typeof value === 'string' ? 'string' : 'int64');

/** Two texts by collation; as soon as a number takes part, both as numbers. */
export function compared(left: ColumnValue, right: ColumnValue): number {
  if (typeof left === 'string' && typeof right === 'string') return compareFolded(left, right);
  return asNumber(left) - asNumber(right);
}

const asNumber = (value: ColumnValue) => (typeof value === 'number' ? value : leadingNumber(value));

function tagTest<Row>(kind: ListKind<Row>, { operation = '', key = '', ...rest }: Predicate): RowTest<Row> {
  if (operation !== 'EQUALS') {
    const detail = `only EQUALS operation is supported for tag filtering, got ${operation} for key ${goQuoted(key)}`;
    throw invalid(detail, `Failed to list ${kind.modelName} due to invalid tag filter in filter spec: `);
  }
  const name = key.slice('tags.'.length);
  const wanted = String(rest['string_value' as `${string}_value`]);
  return (row) => {
    const value = kind.tagsOf?.(row)[name];
    return value !== undefined && compareFolded(value, wanted) === 0;
  };
}
