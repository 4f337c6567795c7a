import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type Fault } from './faults.ts';
import { type KfpSimulator } from './start-kfp-simulator.ts';
import { type SimulatorSettings } from './world.ts';

/**
 * How a test steers a simulator in another process: `PATCH /settings`, `POST /faults`, `DELETE /faults`, `GET /requests`.
 * On a port of its own, because the real server has nothing like it.
 */
export async function startControlServer(simulator: KfpSimulator): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => {
    text(request)
      .then((body) => {
        const result = steer(simulator, `${request.method ?? ''} ${request.url ?? ''}`, body);
        const status = result === undefined ? 404 : 200;
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(result ?? {}));
      })
      .catch((error: unknown) => {
        response.writeHead(400).end(String(error));
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

function steer(simulator: KfpSimulator, request: string, body: string): unknown {
  switch (request) {
    case 'PATCH /settings':
      return Object.assign(simulator.settings, JSON.parse(body) as Partial<SimulatorSettings>);
    case 'POST /faults':
      simulator.addFault(JSON.parse(body) as Fault);
      return {};
    case 'DELETE /faults':
      simulator.clearFaults();
      return {};
    case 'GET /requests':
      return simulator.requests;
    default:
      return undefined;
  }
}
