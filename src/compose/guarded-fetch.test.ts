import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createGuardedFetch } from './guarded-fetch.ts';

let requests = 0;
const server = createServer((request, response) => {
  requests += 1;
  if (request.url === '/moved') {
    response.writeHead(302, { location: 'http://169.254.169.254/' }).end();
    return;
  }
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => response.writeHead(200, { 'content-type': 'text/plain' }).end(`${request.method} ${body}`));
});
let port = 0;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const denied = [
  '127.0.0.1',
  'localhost',
  '2130706433',
  '0x7f.1',
  '0.0.0.0',
  '169.254.169.254',
  '[::1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:a9fe:a9fe]',
  '[64:ff9b::7f00:1]',
  '[fe80::1]',
];
test.each(denied)('%s is refused before a connection is made', async (host) => {
  const guarded = createGuardedFetch({ allowedHosts: [], deniedHosts: [] });
  const before = requests;
  await expect(guarded(`http://${host}:${port}/`)).rejects.toThrow('which the operator does not call');
  expect(requests).toBe(before);
});

test('a host that is denied by name or by address is refused', async () => {
  const guarded = createGuardedFetch({ allowedHosts: [], deniedHosts: ['10.96.0.1', 'kubernetes.default.svc'] });
  await expect(guarded('https://10.96.0.1/')).rejects.toThrow('does not call');
  await expect(guarded('https://kubernetes.default.svc/')).rejects.toThrow();
});

test('an allowed host is called with method and body, and answers', async () => {
  const guarded = createGuardedFetch({ allowedHosts: ['localhost'], deniedHosts: [] });
  const response = await guarded(`http://localhost:${port}/`, { method: 'POST', body: 'hello' });
  expect([response.status, await response.text()]).toEqual([200, 'POST hello']);
});

test('a redirect is handed on, not followed', async () => {
  const guarded = createGuardedFetch({ allowedHosts: ['127.0.0.1'], deniedHosts: [] });
  expect((await guarded(`http://127.0.0.1:${port}/moved`)).status).toBe(302);
});

test('an aborted call ends', async () => {
  const guarded = createGuardedFetch({ allowedHosts: ['127.0.0.1'], deniedHosts: [] });
  const aborted = AbortSignal.abort(new Error('stop'));
  await expect(guarded(`http://127.0.0.1:${port}/`, { signal: aborted })).rejects.toThrow();
});
