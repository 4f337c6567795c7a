/**
 * A CSV file of two GiB is read, profiled, queried and plotted from a real object store while the memory of this process and
 * of its workers is watched. The store is that of the test bed:
 *
 *     hack/test-bed/test-bed.sh services minio
 *     hack/test-bed/test-bed.sh exec -- node test/bench/large-dataset.ts [GiB]
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Client } from 'minio';
import type { Tool } from '../../src/agents/tool.ts';
import { createMinioAgent } from '../../src/agents/minio/minio-agent.ts';
import { createDuckDbEngine } from '../../src/backends/duckdb/duckdb-engine.ts';
import { createPdfReader } from '../../src/backends/pdf/sandboxed-pdf-reader.ts';
import { createS3Store } from '../../src/backends/s3/s3-store.ts';
import { systemClock } from '../../src/base/clock.ts';
import { callTool, toolOf } from '../../src/testing/call-tool.ts';
import { toolContext } from '../../src/testing/tool-context.ts';

const mebibyte = 1024 * 1024;
const wantedMiB = 300;
const key = 'readings.csv';
const { endpoint, accessKeyId, secretAccessKey } = objectStore();

// Writing the file takes memory too, so another process does that.
if (process.argv[2] === 'upload') await upload(process.argv[3] ?? '', Number(process.argv[4]));
else if (!(await measureAll(`bench-large-dataset-${process.pid}`, process.argv[2] ?? '2.05'))) process.exitCode = 1;

async function measureAll(bucket: string, gibibytes: string): Promise<boolean> {
  const store = createS3Store({ endpoint, region: 'us-east-1', accessKeyId, secretAccessKey, clock: systemClock });
  const agent = createMinioAgent({
    store: { store: ({ signal }) => Promise.resolve(store.bind(signal)) },
    engine: createDuckDbEngine({ clock: systemClock, spoolDirectory: join(tmpdir(), 'swarm-bench-datasets') }),
    pdf: createPdfReader({ clock: systemClock }),
  });
  const script = fileURLToPath(import.meta.url);
  execFileSync(process.execPath, [script, 'upload', bucket, gibibytes], { stdio: 'inherit' });
  let met = true;
  for (const [name, input] of [
    ['profile_dataset', {}],
    ['plot_data', { x: 'time', y: 'value', color: 'sensor' }],
    ['plot_data', { kind: 'histogram', x: 'value' }],
    ['query_dataset', { sql: 'SELECT sensor, count(*), avg(value) FROM data GROUP BY sensor ORDER BY sensor' }],
  ] as const) {
    met = (await measure(toolOf(agent, name), { bucket, key, ...input })) && met;
  }
  await remove(bucket);
  store.close();
  console.log(`memory grew by ${met ? 'less than' : 'more than'} ${wantedMiB} MiB`);
  return met;
}

async function upload(bucket: string, gibibytes: number): Promise<void> {
  const client = newClient();
  await client.makeBucket(bucket);
  await client.putObject(bucket, key, Readable.from(readings(gibibytes * 1024 * mebibyte)));
  const { size } = await client.statObject(bucket, key);
  console.log(`${key}: ${(size / 1024 ** 3).toFixed(2)} GiB`);
}

async function remove(bucket: string): Promise<void> {
  const client = newClient();
  await client.removeObject(bucket, key);
  await client.removeBucket(bucket);
}

function newClient(): Client {
  const address = new URL(endpoint);
  return new Client({
    endPoint: address.hostname,
    port: Number(address.port),
    useSSL: address.protocol === 'https:',
    accessKey: accessKeyId,
    secretKey: secretAccessKey,
    partSize: 64 * mebibyte,
  });
}

async function measure(tool: Tool, input: object): Promise<boolean> {
  const before = residentMiB(process.pid);
  let own = 0;
  let workers = 0;
  let sum = 0;
  const watch = setInterval(() => {
    const ownNow = residentMiB(process.pid) - before;
    const workersNow = children().reduce((total, pid) => total + residentMiB(pid), 0);
    own = Math.max(own, ownNow);
    workers = Math.max(workers, workersNow);
    sum = Math.max(sum, ownNow + workersNow);
  }, 50);
  const since = performance.now();
  const result = await callTool(tool, input, toolContext({ clock: systemClock }));
  clearInterval(watch);
  const seconds = ((performance.now() - since) / 1000).toFixed(1);
  const growth = `operator +${own.toFixed(0)} MiB, worker ${workers.toFixed(0)} MiB, together +${sum.toFixed(0)} MiB`;
  console.log(`${tool.name}: ${seconds} s, ${growth}`);
  console.log(`  ${result.kind === 'error' ? `${result.code}: ${result.message}` : result.summary.slice(0, 400)}`);
  return result.kind === 'ok' && sum < wantedMiB;
}

/** One reading each second, of twenty sensors in turn. */
function* readings(bytes: number): Generator<Buffer> {
  yield Buffer.from('time,sensor,value,quality,comment\n');
  const start = Date.UTC(2024, 0, 1);
  let written = 0;
  for (let line = 0; written < bytes;) {
    const lines: string[] = [];
    for (const end = line + 20_000; line < end; line += 1) {
      const time = new Date(start + line * 1000).toISOString().slice(0, 19);
      const value = (20 + 10 * Math.sin(line / 50_000) + ((line * 7919) % 1000) / 500).toFixed(4);
      lines.push(
        `${time},sensor-${line % 20},${value},${line % 97 === 0 ? '' : 'good'},reading number ${line} of the day\n`,
      );
    }
    const chunk = Buffer.from(lines.join(''));
    written += chunk.length;
    yield chunk;
  }
}

function residentMiB(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0; // it has ended meanwhile
  }
}

function children(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === process.pid);
}

function parentOf(pid: number): number | undefined {
  try {
    return Number(
      readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) . /s, '')
        .split(' ')[0],
    );
  } catch {
    return undefined; // it has ended meanwhile
  }
}

function objectStore() {
  const endpoint = process.env['SWARM_TEST_S3_ENDPOINT'];
  const accessKeyId = process.env['SWARM_TEST_S3_ACCESS_KEY'];
  const secretAccessKey = process.env['SWARM_TEST_S3_SECRET_KEY'];
  if (endpoint === undefined || accessKeyId === undefined || secretAccessKey === undefined)
    throw new Error('SWARM_TEST_S3_ENDPOINT, …_ACCESS_KEY and …_SECRET_KEY are needed: see hack/test-bed/README.md');
  return { endpoint, accessKeyId, secretAccessKey };
}
