/**
 * What the operator costs, on a real API server with a model that answers at once or after 200 ms. Prints a table and
 * writes .reports/bench.json. Method and figures: docs/benchmarks.md. BENCH_SCALE=0.1 makes a quick look of it.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { projectRoot, testCluster, type TestCluster } from '../support/test-cluster.ts';
import { Measurements } from './measurements.ts';
import { aligned, sumOf, table, type Row, type Threshold } from './report.ts';

const scale = Number(process.env['BENCH_SCALE'] ?? '1');
const plans = [
  { modelLatencyMs: 0, turns: { 1: 300, 10: 1_000, 50: 2_000, 500: 2_500 } },
  { modelLatencyMs: 200, turns: { 1: 50, 10: 400, 50: 1_500, 500: 2_500 } },
];
const concurrencies = [1, 10, 50, 500] as const;

process.env['SWARM_TEST_BED'] ??= 'bench';
const bed = `${projectRoot}/hack/test-bed/test-bed.sh`;
const wasRunning = succeeds(bed, 'status');
if (!wasRunning) execFileSync(bed, ['up'], { stdio: 'inherit' });
try {
  await main(testCluster());
} finally {
  if (!wasRunning) execFileSync(bed, ['down'], { stdio: 'inherit' });
}

async function main(cluster: TestCluster): Promise<void> {
  const bench = new Measurements(cluster, scale);
  await cluster.kubectl.run('apply', '-f', `${projectRoot}/test/faults/held-runs.yaml`);
  const sample = await bench.sample();
  const limits = new Map<number, number>();
  for (const concurrency of concurrencies) limits.set(concurrency, await bench.limit(sample, concurrency));
  const rows: Row[] = [];
  for (const { modelLatencyMs, turns } of plans) {
    for (const concurrency of concurrencies) {
      const count = Math.max(concurrency, Math.round(turns[concurrency] * scale));
      rows.push(
        await bench.plain({ modelLatencyMs, concurrency, count, limitPerSecond: limits.get(concurrency) ?? NaN }),
      );
      console.log(`\n${table(rows)}`);
    }
  }
  const withCall = await bench.withOneCall();
  publish(rows, withCall);
  bench.close();
}

function publish(rows: readonly Row[], withCall: Readonly<Record<string, number>>): void {
  const thresholds = judge(rows, withCall);
  const writes =
    rows.find(({ concurrency, modelLatencyMs }) => concurrency === 50 && modelLatencyMs === 0)?.writesPerTurn ?? {};
  console.log('\nOperator writes per plain turn, by the API server’s own count (50 at once, 0 ms):');
  console.log(aligned(Object.entries(writes).map(([key, value]) => [key, value.toFixed(2)])));
  console.log('\nOperator writes per turn with one named call (the PipelineRun itself included):');
  console.log(aligned(Object.entries(withCall).map(([key, value]) => [key, value.toFixed(2)])));
  console.log('');
  for (const { what, wanted, measured, met } of thresholds) {
    console.log(`${met ? 'met   ' : 'MISSED'} ${what}: ${measured.toFixed(2)} (wanted ${wanted})`);
  }
  mkdirSync(`${projectRoot}/.reports`, { recursive: true });
  const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version };
  writeFileSync(
    `${projectRoot}/.reports/bench.json`,
    JSON.stringify({ machine, scale, rows, withCall, thresholds }, null, 2),
  );
}

function judge(rows: readonly Row[], withCall: Readonly<Record<string, number>>): Threshold[] {
  const row = (concurrency: number) => {
    const found = rows.find((candidate) => candidate.concurrency === concurrency && candidate.modelLatencyMs === 0);
    if (found === undefined) throw new Error(`nothing was measured at concurrency ${concurrency}`);
    return found;
  };
  const plainWrites = Math.max(...rows.map(({ writesPerTurn: writes }) => sumOf(writes)));
  const { 'POST pipelineruns': effect = 0 } = withCall;
  const callWrites = sumOf(withCall) - effect;
  const share = row(50).turnsPerSecond / row(50).limitPerSecond;
  const p50 = row(1).addedP50Ms;
  return [
    {
      what: 'operator writes per plain turn, the worst row',
      wanted: '≤ 2',
      measured: plainWrites,
      met: plainWrites <= 2.005,
    },
    {
      what: 'operator writes per turn with one named call, beside the effect',
      wanted: '≤ 3',
      measured: callWrites,
      met: callWrites <= 3.005,
    },
    { what: 'share of the API server’s own limit, 50 at once', wanted: '≥ 0.60', measured: share, met: share >= 0.6 },
    { what: 'latency added to a plain turn, one at a time, p50 in ms', wanted: '≤ 15', measured: p50, met: p50 <= 15 },
  ];
}

function succeeds(program: string, ...args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
