import { expect, test } from 'vitest';
import { createMetrics, measureProcess } from './metrics.ts';

test('two sets of metrics know nothing of each other', async () => {
  const [left, right] = [createMetrics(), createMetrics()];
  left.turnsTotal.inc({ outcome: 'Succeeded' });
  expect(await left.registry.metrics()).toContain('swarm_turns_total{outcome="Succeeded"} 1');
  expect(await right.registry.metrics()).not.toContain('outcome="Succeeded"');
});

test('the names are those that dashboards for controller-runtime ask for', async () => {
  const text = await createMetrics().registry.metrics();
  for (const name of [
    'controller_runtime_reconcile_total',
    'controller_runtime_reconcile_errors_total',
    'controller_runtime_reconcile_time_seconds',
    'controller_runtime_active_workers',
    'workqueue_depth',
    'workqueue_adds_total',
    'rest_client_requests_total',
    'leader_election_master_status',
  ]) {
    expect(text).toContain(`# HELP ${name} `);
  }
});

test('a process can be measured, too', async () => {
  const metrics = createMetrics();
  measureProcess(metrics);
  expect(await metrics.registry.metrics()).toMatch(/process_resident_memory_bytes \d/);
});
