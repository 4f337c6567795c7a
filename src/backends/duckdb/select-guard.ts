import type { DuckDBConnection } from '@duckdb/node-api';
import { RefusedInSandboxError } from '../sandbox/protocol.ts';
import { literal } from './sql-text.ts';

/** Makes rows out of their arguments and reads nothing. */
const harmlessTableFunctions = new Set(['unnest', 'range', 'generate_series']);

/** What a SELECT may take its rows from besides tables and table functions, which are looked at one by one. */
const harmlessSources = new Set([
  ...['SELECT_NODE', 'SET_OPERATION_NODE', 'RECURSIVE_CTE_NODE', 'CTE_NODE'],
  ...['EMPTY', 'SUBQUERY', 'JOIN', 'EXPRESSION_LIST', 'PIVOT'],
  ...['ORDER_MODIFIER', 'LIMIT_MODIFIER', 'LIMIT_PERCENT_MODIFIER', 'DISTINCT_MODIFIER'],
]);

/** Says how the engine is set up, which is nobody's business. */
const tellingFunctions = new Set(['current_setting', 'getvariable', 'write_log']);

const hint = 'Write one SELECT over the relation data.';

type Node = Readonly<Record<string, unknown>>;

/**
 * DuckDB itself parses the text; what may not be there is decided on its syntax tree. External access is off besides: this
 * keeps a query away from the engine's own tables and settings, and turns a denial into a sentence.
 * @throws RefusedInSandboxError
 */
export async function checkSelect(connection: DuckDBConnection, sql: string): Promise<void> {
  const tree = await syntaxTree(connection, sql);
  const statements = tree['statements'] as readonly Node[];
  if (statements.length !== 1) throw notAllowed(`${statements.length} statements were given`);
  const names = await knownRelations(connection, tree);
  visit(tree, (node) => {
    checkNode(node, names);
  });
}

async function syntaxTree(connection: DuckDBConnection, sql: string): Promise<Node> {
  const reader = await connection.runAndReadAll(`SELECT json_serialize_sql(${literal(sql)})`);
  const tree = JSON.parse(String(reader.value(0, 0))) as Node;
  if (tree['error'] !== true) return tree;
  const message = String(tree['error_message']);
  if (tree['error_type'] === 'not implemented') throw notAllowed('it is no SELECT');
  throw new RefusedInSandboxError('InvalidSql', message, hint);
}

/** The data set, and what the query itself names (WITH name AS …) unless the engine has something of that name. */
async function knownRelations(connection: DuckDBConnection, tree: Node): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  visit(tree, (node) => {
    const map = (node['cte_map'] as { map?: readonly { key?: unknown }[] } | undefined)?.map ?? [];
    for (const { key } of map) if (typeof key === 'string') names.add(key.toLowerCase());
  });
  if (names.size > 0) {
    const own = await connection.runAndReadAll(
      'SELECT lower(view_name) FROM duckdb_views() UNION ALL SELECT lower(table_name) FROM duckdb_tables()',
    );
    for (const [name] of own.getRows()) names.delete(name as string);
  }
  return names.add('data');
}

function checkNode(node: Node, names: ReadonlySet<string>): void {
  const type = node['type'];
  if ('class' in node) checkExpression(node);
  else if (type === 'BASE_TABLE') checkTable(node, names);
  else if (type === 'TABLE_FUNCTION') checkTableFunction(node);
  else if (type === 'SHOW_REF') checkShow(node);
  else if (isSource(node, type) && !harmlessSources.has(type)) throw notAllowed(`${type} may not be used`);
}

/** Types of values have a `type` too, and are no place to read from. */
function isSource(node: Node, type: unknown): type is string {
  return typeof type === 'string' && ('query_location' in node || /_(NODE|MODIFIER)$/.test(type));
}

function checkExpression(node: Node): void {
  const called = String(node['function_name']).toLowerCase();
  if (node['class'] === 'FUNCTION' && tellingFunctions.has(called))
    throw notAllowed(`the function ${called} may not be used`);
}

function checkTable(node: Node, names: ReadonlySet<string>): void {
  const name = String(node['table_name']);
  const qualified = node['schema_name'] !== '' || node['catalog_name'] !== '';
  if (qualified || !names.has(name.toLowerCase()))
    throw notAllowed(`there is no relation ${name}; the data set is called data`);
}

function checkTableFunction({ function: call }: Node): void {
  const name = String((call as Node)['function_name']).toLowerCase();
  if (!harmlessTableFunctions.has(name)) throw notAllowed(`the function ${name} may not be used`);
}

/** DESCRIBE and SUMMARIZE of a query are a SELECT; of anything else they would list what is there. */
function checkShow(node: Node): void {
  if (node['query'] === null || node['query'] === undefined) throw notAllowed('only a query can be described');
}

function visit(value: unknown, look: (node: Node) => void): void {
  if (Array.isArray(value)) {
    for (const entry of value) visit(entry, look);
  } else if (typeof value === 'object' && value !== null) {
    look(value as Node);
    for (const entry of Object.values(value)) visit(entry, look);
  }
}

function notAllowed(why: string): RefusedInSandboxError {
  return new RefusedInSandboxError('NotAllowed', `This query is not allowed: ${why}.`, hint);
}
