import { createServer } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A server of streams that tells a script: it runs in a pod, from a file that is mounted there. It knows no other thing
 * of Swarm than the wire.
 */
interface Script {
  readonly key: string;
  readonly certificate: string;
  readonly privateKey: string;
  readonly path: string;
  /** One event each, as JSON. */
  readonly events: readonly string[];
  readonly everyMs: number;
  /** Each of the first connections is cut after so many events. */
  readonly cuts: readonly number[];
}

const script = JSON.parse(process.env['STREAM_SCRIPT'] ?? '') as Script;
let connections = 0;

createServer({ cert: script.certificate, key: script.privateKey }, (request, response) => {
  if (request.url === '/healthz') return void response.end('ok');
  if (request.headers['swarm-stream-key'] !== script.key) {
    return void response
      .writeHead(401, { 'content-type': 'application/json' })
      .end('{"reason":"Unauthorized","message":"no"}');
  }
  if (request.url !== script.path) return void response.writeHead(404).end();
  const cut = script.cuts[connections++];
  const from = Number(String(request.headers['last-event-id'] ?? 'log.0').replace('log.', ''));
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.flushHeaders();
  void (async () => {
    for (const [index, event] of script.events.entries()) {
      if (index < from) continue;
      if (index - from === cut) return void response.destroy();
      await sleep(script.everyMs);
      response.write(`id: log.${index + 1}\nevent: any\ndata: ${event}\n\n`);
    }
    response.end();
  })();
}).listen(8443);
