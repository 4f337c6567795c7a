import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { createMetrics } from '../../../src/base/metrics.ts';
import { createKubeClient } from '../../../src/kube/client-node-adapter.ts';
import { resourceTypes } from '../../../src/kube/resource-types.ts';
import { describeKubeClient } from './kube-client-contract.ts';
import { type FaultRule } from '../../support/fault-proxy.ts';
import { type ConfigMap, RuntimeWorld } from './runtime-world.ts';

describeKubeClient('the client of a real API server', async () => {
  const world = await RuntimeWorld.open();
  return { client: world.straight, namespace: world.namespace, close: () => world.close() };
});

describe('the client in trouble', () => {
  let world: RuntimeWorld;
  beforeAll(async () => {
    world = await RuntimeWorld.open();
  });
  afterAll(() => world.close());

  const on = (method: string, fault: FaultRule['fault'], times = 1) =>
    world.proxy.inject({ when: (request) => request.method === method, fault, times });
  const requestsSince = (start: number) => world.proxy.requests.slice(start).map(({ method }) => method);
  const object = (name: string): ConfigMap => ({ metadata: { name, namespace: world.namespace }, data: {} });

  test('waits as long as a 429 asks for, and then is served', async () => {
    on('POST', { kind: 'refuse', status: 429, headers: { 'retry-after': '1' } });
    const startMs = performance.now();
    await world.proxied.create(resourceTypes.configMap, object('throttled'));
    expect(performance.now() - startMs).toBeGreaterThan(950);
  });

  test('gives a 429 to the caller when the time does not suffice', async () => {
    on('POST', { kind: 'refuse', status: 429, headers: { 'retry-after': '60' } });
    const write = world.proxied.create(resourceTypes.configMap, object('refused'), { timeoutMs: 5_000 });
    await expect(write).rejects.toMatchObject({ status: 429, retryAfterMs: 60_000 });
  });

  test('repeats a read once after a broken connection', async () => {
    await world.write('read', 'x');
    const start = world.proxy.requests.length;
    on('GET', { kind: 'reset' });
    const key = { namespace: world.namespace, name: 'read' };
    expect(await world.proxied.get(resourceTypes.configMap, key)).toMatchObject({ data: { value: 'x' } });
    expect(requestsSince(start)).toEqual(['GET', 'GET']);
  });

  test('never repeats a write whose answer was lost: the caller has to look', async () => {
    const start = world.proxy.requests.length;
    on('POST', { kind: 'drop-reply' });
    const write = world.proxied.create(resourceTypes.configMap, object('lost'));
    await expect(write).rejects.toMatchObject({ status: 0, reason: 'ConnectionFailed' });
    expect(requestsSince(start)).toEqual(['POST']);
    const key = { namespace: world.namespace, name: 'lost' };
    expect(await world.straight.get(resourceTypes.configMap, key)).toBeDefined();
  });

  test('gives up on an answer that does not come', async () => {
    on('PUT', { kind: 'freeze' });
    const created = await world.write('frozen', 'x');
    const write = world.proxied.replace(resourceTypes.configMap, created, { timeoutMs: 200 });
    await expect(write).rejects.toMatchObject({ status: 0, reason: 'Timeout' });
  });

  test('throws the reason of a signal that fires while it waits', async () => {
    on('PUT', { kind: 'freeze' });
    const created = await world.write('aborted', 'x');
    const controller = new AbortController();
    const write = world.proxied.replace(resourceTypes.configMap, created, { signal: controller.signal });
    controller.abort(new Error('the lease is lost'));
    await expect(write).rejects.toThrow('the lease is lost');
  });

  test('makes one sentence of an answer that is not from the API server', async () => {
    on('POST', { kind: 'refuse', status: 502, body: '<html>bad gateway</html>' });
    const write = world.proxied.create(resourceTypes.configMap, object('html'));
    await expect(write).rejects.toMatchObject({ status: 502, reason: 'BadGateway' });
  });

  test("acts as another user only with that user's rights", async () => {
    const impersonate = `system:serviceaccount:${world.namespace}:default`;
    const write = world.straight.create(resourceTypes.configMap, object('foreign'), { impersonate });
    await expect(write).rejects.toMatchObject({ status: 403, reason: 'Forbidden' });
  });

  test('counts writes by resource and requests by code', async () => {
    await world.proxied.create(resourceTypes.configMap, object('counted'));
    const text = await world.metrics.registry.metrics();
    expect(text).toMatch(/swarm_api_writes_total\{resource="configmaps",verb="create"\} [1-9]/);
    expect(text).toMatch(/rest_client_requests_total\{method="POST",code="201"\} [1-9]/);
  });

  test('says at once what is wrong with a kubeconfig', () => {
    const common = { clock: systemClock, metrics: createMetrics(), userAgent: 'swarm-test/0' };
    expect(() => createKubeClient({ ...common, kubeconfig: '/nowhere/kubeconfig' })).toThrow(
      /cannot read the kubeconfig/,
    );
    const kubeconfig = world.proxy.writeKubeconfig();
    expect(() => createKubeClient({ ...common, kubeconfig, context: 'other' })).toThrow(
      /no context other; it has proxy/,
    );
  });
});
