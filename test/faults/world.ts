/**
 * The outside world of the fault suite, as a process of its own: receivers that put every request on disk before they
 * apply it or answer, so that a crash on the other side can hide nothing.
 *
 *   POST /plain/ITEM     applies every request: a receiver without keys
 *   PUT  /named/NAME     201 for the first, 409 with what is there for all others: like an object with that name
 *   POST /keyed/KEY      applies every request; GET /keyed/KEY tells what was applied under that key
 *   GET  /read/ITEM      changes nothing
 *   GET  /ledger         what was asked and what was applied
 *   PUT  /weather        {"dropReplies": 0.2}: from now on so many requests are applied but never answered
 */
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { type Asked, type Ledger } from './ledger.ts';

const receiptsFile = process.argv[2];
if (receiptsFile === undefined) throw new Error('usage: node world.ts RECEIPTS-FILE');
const receipts = openSync(receiptsFile, 'a');
const ledger: { asked: Asked[]; applied: Asked[] } = { asked: [], applied: [] };
const named = new Map<string, Asked>();
let dropReplies = 0;
let requests = 0;

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

function receive(receiver: Asked['receiver'], key: string, body: Partial<Asked>): Answer {
  const asked: Asked = { receiver, key, item: body.item ?? key, value: body.value ?? '', digest: body.digest ?? '' };
  writeSync(receipts, `${JSON.stringify(asked)}\n`);
  fsyncSync(receipts);
  ledger.asked.push(asked);
  const existing = receiver === 'named' ? named.get(key) : undefined;
  if (existing !== undefined) return { status: 409, body: existing };
  if (receiver === 'named') named.set(key, asked);
  if (receiver !== 'read') ledger.applied.push(asked);
  return { status: 201, body: asked };
}

const routes: Record<string, (key: string, body: Partial<Asked>) => Answer> = {
  'GET ledger': () => ({ status: 200, body: ledger satisfies Ledger }),
  'GET read': (key) => receive('read', key, {}),
  'GET keyed': (key) => {
    const found = ledger.applied.find((entry) => entry.receiver === 'keyed' && entry.key === key);
    return found === undefined ? { status: 404, body: {} } : { status: 200, body: found };
  },
  'POST plain': (key, body) => receive('plain', key, body),
  'PUT named': (key, body) => receive('named', key, body),
  'POST keyed': (key, body) => receive('keyed', key, body),
  'PUT weather': (_, body) => {
    ({ dropReplies } = body as { dropReplies: number });
    return { status: 200, body };
  },
};

async function answer(request: IncomingMessage): Promise<Answer> {
  const [, first = '', key = ''] = /^\/([a-z]+)\/?(.*)$/.exec(request.url ?? '') ?? [];
  const route = routes[`${request.method ?? ''} ${first}`];
  if (route === undefined) return { status: 404, body: {} };
  return route(key, request.method === 'GET' ? {} : ((await json(request)) as Partial<Asked>));
}

/** Evenly spread rather than random: every n-th write, so that a run can be repeated. */
function isDropped(method: string): boolean {
  if (method === 'GET' || dropReplies === 0) return false;
  requests += 1;
  return requests % Math.round(1 / dropReplies) === 0;
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { status, body } = await answer(request);
  if (request.url !== '/weather' && isDropped(request.method ?? '')) {
    request.socket.destroy();
    return;
  }
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

const server = createServer((request, response) => {
  serve(request, response).catch((error: unknown) => {
    response.writeHead(500).end(String(error));
  });
});
server.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
  closeSync(receipts);
});
