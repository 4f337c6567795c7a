import { expect, test } from 'vitest';
import { createMetrics } from '../base/metrics.ts';
import { startHealthServer, startMetricsServer } from './health-server.ts';

test('healthy at once, ready when the caches are filled', async () => {
  let ready = false;
  const server = await startHealthServer('127.0.0.1:0', () => ready);
  const statusOf = async (path: string) => (await fetch(`http://127.0.0.1:${server.port}${path}`)).status;
  expect(await statusOf('/healthz')).toBe(200);
  expect(await statusOf('/readyz')).toBe(503);
  ready = true;
  expect(await statusOf('/readyz?verbose')).toBe(200);
  expect(await statusOf('/other')).toBe(404);
  await server.close();
});

test('metrics in the form that Prometheus reads', async () => {
  const metrics = createMetrics();
  metrics.turnsTotal.inc({ outcome: 'Succeeded' });
  const server = await startMetricsServer('127.0.0.1:0', metrics);
  const response = await fetch(`http://127.0.0.1:${server.port}/metrics`);
  expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
  expect(await response.text()).toContain('swarm_turns_total{outcome="Succeeded"} 1');
  await server.close();
});

test('a port that is taken is an error at the start, not later', async () => {
  const first = await startHealthServer('127.0.0.1:0', () => true);
  await expect(startHealthServer(`127.0.0.1:${first.port}`, () => true)).rejects.toThrow('EADDRINUSE');
  await first.close();
});
