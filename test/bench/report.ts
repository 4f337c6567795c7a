import { type RequestCounts } from './request-counts.ts';

export interface Row {
  readonly modelLatencyMs: number;
  readonly concurrency: number;
  readonly turns: number;
  readonly failed: number;
  readonly turnsPerSecond: number;
  /** Over the model's own time. */
  readonly addedP50Ms: number;
  readonly addedP95Ms: number;
  /** The API server's own limit for the same writes at this concurrency, in turns per second. */
  readonly limitPerSecond: number;
  readonly writesPerTurn: Readonly<Record<string, number>>;
  /** Cores busy on average, and resident memory at the end. */
  readonly usage: Readonly<
    Record<'operator' | 'apiServer' | 'etcd', { readonly cores: number; readonly rssMiB: number }>
  >;
}

export interface Threshold {
  readonly what: string;
  readonly wanted: string;
  readonly measured: number;
  readonly met: boolean;
}

/** Writes of the operator per turn: what the API server counted, without what the clients wrote themselves. */
export function writesPerTurn(counts: RequestCounts, turns: number, byClients: RequestCounts): Record<string, number> {
  const entries = [...counts].map(
    ([key, count]) => [key, Math.max(0, count - (byClients.get(key) ?? 0)) / turns] as const,
  );
  return Object.fromEntries(entries.filter(([key, value]) => value >= 0.005 && isOurs(key)));
}

/** What a turn causes: our kinds, runs, Events; not what a node or a lease does at the same time. */
function isOurs(key: string): boolean {
  const [, resource = ''] = key.split(' ');
  return ['turns', 'conversations', 'approvals', 'events', 'pipelineruns'].includes(resource.split('/')[0] ?? '');
}

export const sumOf = (writes: Readonly<Record<string, number>>) =>
  Object.values(writes).reduce((sum, value) => sum + value, 0);

export function table(rows: readonly Row[]): string {
  const header = ['model ms', 'at once', 'turns', 'failed', 'turns/s', 'limit/s', '%', 'p50 ms', 'p95 ms', 'writes'];
  const usageHeader = ['operator', 'API server', 'etcd'].map((name) => `${name} cores/MiB`);
  const body = rows.map((row) => [
    String(row.modelLatencyMs),
    String(row.concurrency),
    String(row.turns),
    String(row.failed),
    row.turnsPerSecond.toFixed(1),
    row.limitPerSecond.toFixed(1),
    ((100 * row.turnsPerSecond) / row.limitPerSecond).toFixed(0),
    row.addedP50Ms.toFixed(1),
    row.addedP95Ms.toFixed(1),
    sumOf(row.writesPerTurn).toFixed(2),
    ...Object.values(row.usage).map(({ cores, rssMiB }) => `${cores.toFixed(2)}/${rssMiB.toFixed(0)}`),
  ]);
  return aligned([[...header, ...usageHeader], ...body]);
}

export function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  ')).join('\n');
}
