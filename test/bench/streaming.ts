/**
 * Fifty live chats on the real operator: how late tokens are, and whether pings keep coming. Prints a table and writes
 * .reports/streaming.json. Method and figures: docs/benchmarks.md. CHATS=50 and TOKENS=600 may be changed.
 */
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Conversation } from '../../src/api/conversation.ts';
import type { Turn } from '../../src/api/turn.ts';
import { EventStream } from '../integration/streaming/event-stream.ts';
import { ApiConnection } from '../support/api-connection.ts';
import { installSwarm, OperatorUnderTest } from '../support/operator-under-test.ts';
import { createTeamNamespace } from '../support/team-namespace.ts';
import { projectRoot, testCluster } from '../support/test-cluster.ts';
import { waitFor } from '../support/wait-for.ts';
import { aligned } from './report.ts';
import { inParallel, quantile } from './statistics.ts';

const chats = Number(process.env['CHATS'] ?? '50');
const tokens = Number(process.env['TOKENS'] ?? '600');
const tokenEveryMs = 50;

process.env['SWARM_TEST_BED'] ??= 'bench';
const bed = `${projectRoot}/hack/test-bed/test-bed.sh`;
const wasRunning = succeeds(bed, 'status');
if (!wasRunning) execFileSync(bed, ['up'], { stdio: 'inherit' });
try {
  await main();
} finally {
  if (!wasRunning) execFileSync(bed, ['down'], { stdio: 'inherit' });
}

async function main(): Promise<void> {
  const cluster = testCluster();
  await installSwarm(cluster);
  const team = await createTeamNamespace(cluster.kubectl, 'bench-streaming');
  const model = await startClockModel();
  await team.kubectl.apply({
    apiVersion: 'swarm.mlops.dev/v1alpha1',
    kind: 'SwarmConfig',
    metadata: { name: 'default' },
    spec: { model: { provider: 'openai', name: 'clock', baseURL: model.baseURL } },
  });
  const operator = await OperatorUnderTest.start(cluster, { namespace: team.name });
  const api = new ApiConnection(cluster.kubeconfig);
  try {
    const streams = await openChats(api, team.name);
    await Promise.all(streams.map((stream) => stream.until('it ends', () => stream.hasEnded, 300_000)));
    publish(streams);
  } finally {
    await team.kubectl.run('delete', 'conversations', '--all', '--timeout=60s');
    await operator.stop();
    await team.remove();
    model.stop();
  }
}

async function openChats(api: ApiConnection, namespace: string): Promise<readonly EventStream[]> {
  const path = `/apis/swarm.mlops.dev/v1alpha1/namespaces/${namespace}`;
  const streams: EventStream[] = [];
  await inParallel({ count: chats, concurrency: 8 }, async (number) => {
    const name = `chat-${number}`;
    const { metadata } = await api.must<Conversation>(
      'POST',
      `${path}/conversations`,
      object('Conversation', name, { messages: [] }),
    );
    const key = randomBytes(32).toString('hex');
    const owner = { kind: 'Conversation', name, uid: metadata.uid };
    const streamKeySHA256 = createHash('sha256').update(key).digest('hex');
    await api.must('POST', `${path}/turns`, object('Turn', name, { owner, text: 'What time is it?', streamKeySHA256 }));
    const url = await waitFor(
      `${name} is shown`,
      async () => (await api.must<Turn>('GET', `${path}/turns/${name}`)).status?.stream?.url,
      { withinMs: 60_000, everyMs: 20 },
    );
    streams.push(await EventStream.read({ url, namespace, turn: name, headers: { authorization: `Bearer ${key}` } }));
  });
  return streams;
}

function object(kind: string, name: string, spec: object): object {
  return { apiVersion: 'swarm.mlops.dev/v1alpha1', kind, metadata: { name }, spec };
}

function publish(streams: readonly EventStream[]): void {
  // The first tokens of a chat are older than its connection.
  const latenciesMs = streams.flatMap((stream) => stream.latenciesMs(20));
  const gapsMs = streams.flatMap(({ pingGapsMs }) => pingGapsMs);
  const row = {
    chats: streams.length,
    tokensPerSecond: (1_000 / tokenEveryMs) * streams.length,
    tokens: latenciesMs.length,
    tokenP50Ms: quantile(latenciesMs, 0.5),
    tokenP95Ms: quantile(latenciesMs, 0.95),
    tokenP99Ms: quantile(latenciesMs, 0.99),
    pings: streams.reduce((sum, { pings }) => sum + pings, 0),
    longestPingGapMs: Math.max(...gapsMs),
    longestSilenceMs: Math.max(...streams.map(({ longestSilenceMs }) => longestSilenceMs)),
    whole: streams.filter((stream) => stream.of('done')[0]?.phase === 'Succeeded').length,
  };
  console.log(aligned(Object.entries(row).map(([name, value]) => [name, String(Math.round(value * 10) / 10)])));
  mkdirSync(`${projectRoot}/.reports`, { recursive: true });
  writeFileSync(`${projectRoot}/.reports/streaming.json`, JSON.stringify(row, null, 2));
  if (row.whole < chats || row.longestPingGapMs > 12_000) process.exitCode = 1;
}

/** A model whose tokens are the time at which they are sent, so that whoever reads them knows how late they are. */
async function startClockModel(): Promise<{ baseURL: string; stop: () => void }> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    void talk((choice) => response.write(`data: ${JSON.stringify({ choices: [choice] })}\n\n`)).then(() =>
      response.end('data: [DONE]\n\n'),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    baseURL: `http://127.0.0.1:${port}/v1`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function talk(send: (choice: object) => void): Promise<void> {
  for (let count = 0; count < tokens; count++) {
    send({ index: 0, delta: { content: `${Date.now()} ` }, finish_reason: null });
    await sleep(tokenEveryMs);
  }
  send({ index: 0, delta: {}, finish_reason: 'stop' });
}

function succeeds(program: string, ...args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
