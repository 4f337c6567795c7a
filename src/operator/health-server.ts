import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type Metrics } from '../base/metrics.ts';

export interface RunningServer {
  /** The port it listens on, also when 0 was asked for. */
  readonly port: number;
  close(): Promise<void>;
}

interface Page {
  readonly status: number;
  readonly text: string;
  readonly contentType?: string;
}

type Routes = Readonly<Record<string, () => Page | Promise<Page>>>;

/**
 * /healthz: the event loop turns. /readyz: the caches are filled; a process that stands by for the lease is ready, too.
 * @param address host and port; an empty host means all of them: `:8081`
 */
export function startHealthServer(address: string, isReady: () => boolean): Promise<RunningServer> {
  return serve(address, {
    '/healthz': () => ({ status: 200, text: 'ok\n' }),
    '/readyz': () => (isReady() ? { status: 200, text: 'ok\n' } : { status: 503, text: 'caches are not filled yet\n' }),
  });
}

export function startMetricsServer(address: string, { registry }: Metrics): Promise<RunningServer> {
  return serve(address, {
    '/metrics': async () => ({ status: 200, text: await registry.metrics(), contentType: registry.contentType }),
  });
}

async function serve(address: string, routes: Routes): Promise<RunningServer> {
  const server = createServer((request, response) => {
    const route = routes[request.url?.split('?')[0] ?? ''];
    void answer(response, route ?? (() => ({ status: 404, text: 'not found\n' })));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(listenOptions(address), resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function answer(response: ServerResponse, route: () => Page | Promise<Page>): Promise<void> {
  const page = await route();
  response.writeHead(page.status, { 'content-type': page.contentType ?? 'text/plain; charset=utf-8' }).end(page.text);
}

function listenOptions(address: string): { port: number; host?: string } {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[|\]$/g, '');
  const port = Number(address.slice(colon + 1));
  return host === '' ? { port } : { host, port };
}
