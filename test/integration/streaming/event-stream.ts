import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { TLSSocket } from 'node:tls';
import type { TurnEvent, TurnEventOf } from '../../../src/streaming/turn-event.ts';
import { waitFor } from '../../support/wait-for.ts';

export interface StreamRequest {
  /** Of the server, without a path. */
  readonly url: string;
  readonly namespace: string;
  readonly turn: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Refused {
  readonly status: number;
  readonly reason: string;
  readonly message: string;
}

/** A plain client of the wire format, with nothing of Swarm's own client in it. */
export class EventStream {
  /** What has come, without the id for what has none. */
  readonly received: { readonly id: string | undefined; readonly event: TurnEvent }[] = [];
  pings = 0;
  /** Longest time in which not a byte came. */
  longestSilenceMs = 0;
  /** Of the server, in hexadecimal. */
  readonly certificateSHA256: string;
  readonly #response: IncomingMessage;
  #rest = '';
  /** Between one ping and the next. */
  readonly pingGapsMs: number[] = [];
  readonly #arrivedAtMs: number[] = [];
  #lastPingAtMs: number | undefined;
  #lastByteAtMs = performance.now();
  #hasEnded = false;

  private constructor(response: IncomingMessage) {
    this.#response = response;
    const { fingerprint256 } = tlsSocketOf(response).getPeerCertificate();
    this.certificateSHA256 = fingerprint256.replaceAll(':', '').toLowerCase();
    response.setEncoding('utf8').on('data', (piece: string) => {
      this.#take(piece);
    });
    for (const end of ['end', 'error', 'close']) response.on(end, () => (this.#hasEnded = true));
  }

  /** @returns the stream, or what the server says instead of one. */
  static async open(asked: StreamRequest): Promise<EventStream | Refused> {
    const { url, namespace, turn, headers = {} } = asked;
    const path = `/v1/namespaces/${namespace}/turns/${turn}/events`;
    const sent = request(`${url}${path}`, { headers, rejectUnauthorized: false, agent: false });
    sent.end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    if (response.statusCode === 200) return new EventStream(response);
    return { status: response.statusCode ?? 0, ...(JSON.parse(await text(response)) as Omit<Refused, 'status'>) };
  }

  /** @throws what the server says instead of a stream. */
  static async read(asked: StreamRequest): Promise<EventStream> {
    const stream = await EventStream.open(asked);
    if (stream instanceof EventStream) return stream;
    throw new Error(`${stream.status} ${stream.reason}: ${stream.message}`);
  }

  get events(): readonly TurnEvent[] {
    return this.received.map(({ event }) => event);
  }

  get lastId(): string {
    return this.received.findLast(({ id }) => id !== undefined)?.id ?? '';
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  tokens(): readonly TurnEventOf<'token'>[] {
    return this.events.filter((event) => event.type === 'token');
  }

  of<Type extends TurnEvent['type']>(type: Type): readonly TurnEventOf<Type>[] {
    return this.events.filter((event): event is TurnEventOf<Type> => event.type === type);
  }

  /** How late the tokens were whose text is the time at which they were sent, without the first so many. */
  latenciesMs(skip: number): readonly number[] {
    return this.received
      .flatMap(({ event }, index) =>
        event.type === 'token' ? (this.#arrivedAtMs[index] ?? NaN) - Number(event.text) : [],
      )
      .slice(skip);
  }

  async until(what: string, isSo: () => boolean, withinMs = 30_000): Promise<void> {
    await waitFor(what, () => Promise.resolve(isSo()), {
      withinMs,
      everyMs: 10,
      explain: () => JSON.stringify(this.events.slice(-5)),
    });
  }

  /** Takes nothing more from the connection, as a client that hangs. */
  stall(): void {
    this.#response.pause();
  }

  goOn(): void {
    this.#response.resume();
  }

  close(): void {
    this.#response.destroy();
  }

  #ping(nowMs: number): void {
    this.pings++;
    if (this.#lastPingAtMs !== undefined) this.pingGapsMs.push(nowMs - this.#lastPingAtMs);
    this.#lastPingAtMs = nowMs;
  }

  #take(piece: string): void {
    const nowMs = performance.now();
    this.longestSilenceMs = Math.max(this.longestSilenceMs, nowMs - this.#lastByteAtMs);
    this.#lastByteAtMs = nowMs;
    const blocks = (this.#rest + piece).split('\n\n');
    this.#rest = blocks.pop() ?? '';
    for (const block of blocks) {
      if (block === ': ping') this.#ping(nowMs);
      else this.received.push(parsed(block));
      if (block !== ': ping') this.#arrivedAtMs.push(Date.now());
    }
  }
}

function tlsSocketOf({ socket }: IncomingMessage): TLSSocket {
  if (socket instanceof TLSSocket) return socket;
  throw new Error('the connection is not encrypted');
}

function parsed(block: string): EventStream['received'][number] {
  const fields = new Map(
    block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  );
  return { id: fields.get('id'), event: JSON.parse(fields.get('data') ?? '') as TurnEvent };
}

/** The text of each answer as a reader puts it together: pieces may come twice or overlap, but leave no gap. */
export function answersOf(tokens: readonly TurnEventOf<'token'>[]): ReadonlyMap<string, string> {
  const answers = new Map<string, string>();
  for (const { answer, offset, text: said } of tokens) {
    const known = answers.get(answer) ?? '';
    if (offset > known.length) throw new Error(`answer ${answer} has a gap: ${known.length} to ${offset}`);
    answers.set(answer, known + said.slice(known.length - offset));
  }
  return answers;
}
