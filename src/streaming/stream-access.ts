import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Turn } from '../api/turn.ts';
import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';

export interface TurnName {
  readonly namespace: string;
  readonly name: string;
}

/** Whose token it is, and whether that person may `get` the subresource `turns/stream`. */
export type ViewerReview = 'allowed' | 'forbidden' | 'unknown-token';

export interface StreamAccess {
  /** From the cache. */
  findTurn(name: TurnName): Turn | undefined;
  /** Asks the cluster about a bearer token. */
  review(token: string, name: TurnName): Promise<ViewerReview>;
}

/** An answer that is no stream; `message` says what to do. */
export interface Refusal {
  readonly status: number;
  readonly reason: string;
  readonly message: string;
}

/** Reviews that may be under way at once: whoever reaches the port could otherwise make us ask without end. */
const reviewsAtOnce = 16;

/** The API server takes Authorization out of requests that it passes on, so the key has a header of its own as well. */
export const keyHeader = 'swarm-stream-key';

/** Lets in who has the turn's key or may look at it; nobody else learns whether there is such a turn. */
export function createAdmission(access: StreamAccess, log: Log) {
  let underWay = 0;
  const review = async (token: string, name: TurnName): Promise<Refusal | undefined> => {
    if (underWay >= reviewsAtOnce) return tooMany('Too many people ask at once; try again in a second.');
    underWay++;
    try {
      return refusalOf(await access.review(token, name), name);
    } catch (error) {
      log.warn({ error: messageOf(error) }, 'Asking who may see a turn failed');
      const message = 'The cluster could not be asked whose token this is; try again, or read the status of the Turn.';
      return { status: 503, reason: 'ReviewFailed', message };
    } finally {
      underWay--;
    }
  };
  return {
    /** @returns the Turn, or why there is nothing to see. */
    async admit(headers: IncomingHttpHeaders, name: TurnName): Promise<Turn | Refusal> {
      const credentials = credentialsIn(headers);
      if (credentials.all.length === 0) return unauthorized(noCredentials);
      const turn = access.findTurn(name);
      if (turn && credentials.all.some((key) => isKeyOf(turn, key))) return turn;
      if (credentials.token === undefined) return unauthorized(wrongKey);
      return (await review(credentials.token, name)) ?? access.findTurn(name) ?? notFound(name);
    },
  };
}

export function tooMany(message: string): Refusal {
  return { status: 429, reason: 'TooManyReaders', message };
}

const noCredentials =
  'Send the stream key of the Turn, or a Kubernetes token, as "Authorization: Bearer ..."; the key may also come as Swarm-Stream-Key.';
const wrongKey = 'The stream key is not that of the Turn: its SHA-256 must be spec.streamKeySHA256.';

function credentialsIn(headers: IncomingHttpHeaders) {
  const token = /^bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  const key = headers[keyHeader];
  return { token, all: [token, key].filter((one) => typeof one === 'string' && one !== '') as readonly string[] };
}

/** Takes the same time wherever the first difference is. */
function isKeyOf({ spec }: Turn, key: string): boolean {
  if (!/^[0-9a-f]{64}$/.test(spec.streamKeySHA256 ?? '')) return false;
  return timingSafeEqual(createHash('sha256').update(key).digest(), Buffer.from(spec.streamKeySHA256 ?? '', 'hex'));
}

function refusalOf(review: ViewerReview, { namespace, name }: TurnName): Refusal | undefined {
  if (review === 'allowed') return undefined;
  if (review === 'unknown-token') {
    return unauthorized('This is neither the stream key of the Turn nor a token that the cluster knows.');
  }
  const message = `You may not get turns/stream ${name} in namespace ${namespace}; a Role must allow the verb get on it.`;
  return { status: 403, reason: 'Forbidden', message };
}

function unauthorized(message: string): Refusal {
  return { status: 401, reason: 'Unauthorized', message };
}

function notFound({ namespace, name }: TurnName): Refusal {
  return { status: 404, reason: 'NotFound', message: `There is no Turn ${name} in namespace ${namespace}.` };
}
