import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Clock, systemClock } from '../../../src/base/clock.ts';
import { RetryableError } from '../../../src/base/errors.ts';
import { type CrashPoint } from '../../kfp/simulator/world.ts';
import { Program } from '../../support/program.ts';
import { waitFor } from '../../support/wait-for.ts';
import { decision } from './decision.ts';
import { clientOf, createKfpCluster } from './kfp-world.ts';
import { pipelineFile } from './pipeline-file.ts';

const script = fileURLToPath(new URL('../../kfp/simulator/main.ts', import.meta.url));
const settleWithinMs = 45_000;
const testTimeoutMs = 120_000;
const options = { signal: new AbortController().signal };

/** The client's patience is in minutes: to it, ten seconds pass in one. */
const haste = 10;
const hurried: Clock = {
  now: () => systemClock.now(),
  monotonicMs: () => systemClock.monotonicMs() * haste,
  sleep: (delayMs, signal) => systemClock.sleep(delayMs / haste, signal),
  schedule: (delayMs, callback) => systemClock.schedule(delayMs / haste, callback),
};

interface Addresses {
  readonly url: string;
  readonly mlmdAddress: string;
  readonly controlUrl: string;
}

/** Where the server dies, and whether it has made the run by then. */
const crashes: readonly { point: CrashPoint; workflowsAtDeath: number; kind: 'adopted' | 'created' }[] = [
  { point: 'before-workflow', workflowsAtDeath: 0, kind: 'created' },
  { point: 'after-workflow', workflowsAtDeath: 1, kind: 'created' },
  { point: 'after-row', workflowsAtDeath: 1, kind: 'adopted' },
];

describe('a server that dies while it creates a run', () => {
  const folder = mkdtempSync(`${tmpdir()}/kfp-crash-`);
  let cluster: Awaited<ReturnType<typeof createKfpCluster>>;
  let server: Program;

  /** Always at the same address and with the same database, as a pod that comes back. */
  const startServer = async (port: number): Promise<Addresses> => {
    const settings = JSON.stringify({ stepMs: 200, reportMs: 30, orphanGraceMs: 2000 });
    const files = ['--kubeconfig', cluster.cluster.kubeconfig, '--database', `${folder}/${port}.db`];
    const args = ['--port', String(port), '--namespace', cluster.namespace, ...files, '--settings', settings];
    server = new Program({ script, args });
    const line = await server.firstLine(/^\{"url"/u);
    if (line === undefined) throw new Error(`the simulator has ended: ${server.tail()}`);
    return JSON.parse(line) as Addresses;
  };
  const workflowsOf = (runId: string) => cluster.team.kubectl.list('workflows', '-l', `pipeline/runid=${runId}`);

  beforeAll(async () => {
    cluster = await createKfpCluster();
  });
  afterEach(() => server.stop());
  afterAll(async () => {
    await cluster.close();
    rmSync(folder, { recursive: true });
  });

  test.each(crashes)(
    '$point: the run is made once, and found by whoever asks again',
    { timeout: testTimeoutMs },
    async ({ point, workflowsAtDeath, kind }) => {
      const port = await freePort();
      const first = await startServer(port);
      const client = clientOf(
        cluster,
        { url: first.url, clock: hurried, timeoutMs: 60_000 },
        `http://${first.mlmdAddress}`,
      );
      const file = pipelineFile('crash', ['train']);
      const { pipeline, version } = (
        await client.uploadPipeline({ ...decision(), name: `crash-${port}`, file }, options)
      ).value;
      const request = {
        ...decision(),
        name: 'survivor',
        pipelineId: pipeline.id,
        versionId: version.id,
        parameters: {},
      };
      await fetch(`${first.controlUrl}/settings`, { method: 'PATCH', body: JSON.stringify({ crashAt: point }) });

      await expect(client.submitRun(request, options)).rejects.toThrow(RetryableError);
      expect(await server.exit).toMatchObject({ code: 137 });
      const before = await cluster.team.kubectl.list<{ metadata: { name: string } }>('workflows');
      expect(before.filter(({ metadata }) => metadata.name.startsWith('crash-')).length).toBeGreaterThanOrEqual(
        workflowsAtDeath,
      );

      await startServer(port);
      const submitted = await waitFor(
        'the run is there',
        async () => {
          try {
            return await client.submitRun(request, options);
          } catch (error) {
            if (!(error instanceof RetryableError)) throw error;
            return undefined;
          }
        },
        { withinMs: settleWithinMs, everyMs: 500 },
      );
      if (submitted.kind === 'conflict') throw new Error(submitted.message);
      expect(submitted.kind).toBe(kind);
      const finished = await waitFor(
        'the run has succeeded and is alone',
        async () => {
          const run = await client.getRun(submitted.value.id, options);
          const workflows = await workflowsOf(submitted.value.id);
          return run?.state === 'Succeeded' && workflows.length === 1 ? run : undefined;
        },
        { withinMs: settleWithinMs },
      );
      expect(finished.name).toBe('survivor');
      const all = await client.listRuns({ name: 'survivor', limit: 10 }, options);
      expect(all.runs).toHaveLength(1);
    },
  );
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
