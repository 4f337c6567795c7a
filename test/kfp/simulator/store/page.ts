import { goQuoted } from '../protocol/go-text.ts';
import { InternalError, invalid, KfpError, codes } from '../protocol/kfp-error.ts';
import { compared, parseFilter, type RowTest } from './filter.ts';
import { type ColumnValue, type ListKind } from './list-kinds.ts';

export interface PageRequest {
  readonly pageSize: number;
  readonly pageToken: string;
  readonly sortBy: string;
  readonly filter: string;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly totalSize: number;
  readonly nextPageToken: string;
}

/** The page token of a real server: where the next page begins, how it is sorted, and the filter. Nothing else. */
interface Token {
  readonly SortByFieldName: string;
  readonly SortBySQLColumn: string;
  readonly SortByFieldValue: ColumnValue;
  readonly SortByFieldPrefix: string;
  readonly KeyFieldName: string;
  readonly KeyFieldValue: string;
  readonly KeyFieldPrefix: string;
  readonly IsDesc: boolean;
  readonly ModelName: string;
  /** The real one holds its parsed form. */
  readonly Filter: string | null;
}

interface Order {
  readonly column: string;
  readonly isDescending: boolean;
}

const context = 'Failed to create list options: ';
const defaultPageSize = 20;
const maxPageSize = 200;
const defaultOrder: Order = { column: 'CreatedAtInSec', isDescending: false };
const mismatch =
  'page token does not match the supplied sort by and/or filtering criteria. ' +
  'Either specify the same criteria or leave the latter empty if page token is specified';

/** One page of those rows that the filter lets through. @throws KfpError */
export function pageOf<Row>(kind: ListKind<Row>, rows: readonly Row[], request: PageRequest): Page<Row> {
  const size = sizeOf(request.pageSize);
  const { token, order, filter } = selectionOf(kind, request);
  const test: RowTest<Row> = filter === '' ? () => true : parseFilter(kind, filter);
  const matching = rows.filter(test);
  const sorted = matching.toSorted(comparatorOf(kind, order));
  const start = token ? sorted.filter((row) => comesBefore(kind, order, { row, token })).length : 0;
  const next = sorted[start + size];
  return {
    rows: sorted.slice(start, start + size),
    totalSize: matching.length,
    nextPageToken: next === undefined ? '' : tokenAt(kind, order, { row: next, filter }),
  };
}

interface Selection {
  readonly token: Token | undefined;
  readonly order: Order;
  readonly filter: string;
}

/** A token brings its order and filter along; both may be repeated, but not changed. */
function selectionOf<Row>(kind: ListKind<Row>, { pageToken, sortBy, filter }: PageRequest): Selection {
  const given = sortBy.trim() === '' ? undefined : parseOrder(kind, sortBy);
  if (pageToken === '') return { token: undefined, order: given ?? defaultOrder, filter };
  const token = parseToken(pageToken);
  requireSame(token, given, filter);
  return { token, order: orderOf(kind, token), filter: token.Filter ?? '' };
}

function sizeOf(pageSize: number): number {
  if (pageSize < 0) throw invalid(`The page size should be greater than 0. Got ${pageSize}`, context);
  return pageSize === 0 ? defaultPageSize : Math.min(pageSize, maxPageSize);
}

function parseOrder<Row>(kind: ListKind<Row>, sortBy: string): Order {
  const [field = '', direction = 'asc', ...more] = sortBy.trim().split(/\s+/u);
  const word = direction.toLowerCase();
  if (more.length > 0 || (word !== 'asc' && word !== 'desc')) {
    const supported = 'Supported format: "field_name", "field_name desc", or "field_name asc"';
    throw invalid(`Received invalid sort by format ${goQuoted(sortBy)}. ${supported}`, context);
  }
  if (kind.typeName === 'Run' && field.startsWith('metric:')) {
    const metric = field.slice('metric:'.length);
    throw invalid(`cannot sort by field ${goQuoted(metric)} on type "Run"`, 'Failed to list runs: ');
  }
  const column = Object.hasOwn(kind.keys, field) ? kind.keys[field] : undefined;
  if (column === undefined) {
    throw invalid(`Invalid sorting field: ${goQuoted(field)} on listable type ${kind.typeName}`, context);
  }
  return { column, isDescending: word === 'desc' };
}

function parseToken(text: string): Token {
  const refuse = (cause: string) =>
    new KfpError(codes.invalidArgument, 'Invalid page token', `${context}${cause}InvalidInputError: `);
  // A plus sign that was not encoded arrives as a blank.
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64').replaceAll('=', '') !== text.replaceAll('=', '')) throw refuse('');
  try {
    return JSON.parse(bytes.toString('utf8')) as Token;
  } catch {
    throw refuse('');
  }
}

function requireSame(token: Token, order: Order | undefined, filter: string): void {
  const isSameOrder =
    order === undefined || (order.column === token.SortBySQLColumn && order.isDescending === token.IsDesc);
  if (!isSameOrder || (filter !== '' && filter !== token.Filter)) throw invalid(mismatch, context);
}

/** A token of another kind of list names columns that this one does not have, which only the database notices. */
function orderOf<Row>(kind: ListKind<Row>, token: Token): Order {
  if (token.ModelName !== kind.modelName || !Object.hasOwn(kind.columns, token.SortBySQLColumn)) {
    throw new InternalError(`Failed to list: Error 1054 (42S22): Unknown column '${token.SortBySQLColumn}' in 'WHERE'`);
  }
  return { column: token.SortBySQLColumn, isDescending: token.IsDesc };
}

type Reader<Row> = (row: Row) => ColumnValue;
const readerOf = <Row>(kind: ListKind<Row>, column: string) => kind.columns[column] as Reader<Row>;

function comparatorOf<Row>(kind: ListKind<Row>, { column, isDescending }: Order): (left: Row, right: Row) => number {
  const [value, id] = [readerOf(kind, column), readerOf(kind, 'UUID')];
  const sign = isDescending ? -1 : 1;
  return (left, right) => sign * (compared(value(left), value(right)) || compared(id(left), id(right)));
}

function comesBefore<Row>(kind: ListKind<Row>, order: Order, place: { row: Row; token: Token }): boolean {
  const { row, token } = place;
  const sign = order.isDescending ? -1 : 1;
  const byValue = compared(readerOf(kind, order.column)(row), token.SortByFieldValue);
  return sign * (byValue || compared(readerOf(kind, 'UUID')(row), token.KeyFieldValue)) < 0;
}

function tokenAt<Row>(kind: ListKind<Row>, order: Order, place: { row: Row; filter: string }): string {
  const prefix = kind.modelName === '' ? '' : `${kind.modelName}.`;
  const token: Token = {
    SortByFieldName: order.column,
    SortBySQLColumn: order.column,
    SortByFieldValue: readerOf(kind, order.column)(place.row),
    SortByFieldPrefix: prefix,
    KeyFieldName: 'UUID',
    KeyFieldValue: String(readerOf(kind, 'UUID')(place.row)),
    KeyFieldPrefix: prefix,
    IsDesc: order.isDescending,
    ModelName: kind.modelName,
    Filter: place.filter === '' ? null : place.filter,
  };
  return Buffer.from(JSON.stringify(token)).toString('base64');
}
