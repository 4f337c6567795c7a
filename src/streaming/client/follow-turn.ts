import { type RandomSource } from '../../base/backoff.ts';
import { type Clock } from '../../base/clock.ts';
import { TerminalError } from '../../base/errors.ts';
import { type TurnEvent } from '../turn-event.ts';
import { Deduplicator } from './deduplicator.ts';
import { EventQueue } from './event-queue.ts';
import { StatusNet } from './status-net.ts';
import { type StreamMode, type StreamPorts, type TransportNotice, type TurnReference } from './stream-ports.ts';
import { StreamFollower } from './stream-follower.ts';

export interface FollowOptions {
  readonly turn: TurnReference;
  /** Key of the stream, whose hash is in the Turn; without one the status is all there is. */
  readonly key?: string | undefined;
  /** Default: auto. */
  readonly mode?: StreamMode | undefined;
  readonly ports: StreamPorts;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly signal: AbortSignal;
  readonly onTransport?: ((notice: TransportNotice) => void) | undefined;
}

/**
 * What happens in a turn, from its beginning to `done`, each event once and each piece of an answer once, whichever ways
 * it comes and however often they break: the stream while there is one, the status of the Turn always.
 * @throws what the watch of the Turn throws, TerminalError TurnDeleted, or the reason of the signal.
 */
export async function* followTurn(options: FollowOptions): AsyncGenerator<TurnEvent> {
  const ended = new AbortController();
  const queue = follow({ ...options, signal: AbortSignal.any([options.signal, ended.signal]) });
  try {
    for await (const event of queue.read()) {
      yield event;
      if (event.type === 'done') return;
    }
  } finally {
    ended.abort(new Error('the turn is not followed any more'));
  }
}

function follow(options: FollowOptions): EventQueue<TurnEvent> {
  const { clock, signal, turn, key, mode = 'auto', onTransport = () => undefined } = options;
  const queue = new EventQueue<TurnEvent>();
  const seen = new Deduplicator();
  const tell = (event: TurnEvent) => {
    const fresh = seen.fresh(event);
    if (fresh) queue.push(fresh);
  };
  const net = new StatusNet(clock, tell);
  const stop = () => {
    net.close();
    queue.fail(signal.reason);
  };
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  let reader: StreamFollower | undefined;
  if (key === undefined || mode === 'status') {
    onTransport({ transport: 'status', failures: [] });
  } else {
    const onBegin = () => {
      net.streamBegins();
    };
    const onEnd = () => {
      net.streamEnds();
    };
    reader = new StreamFollower({ ...options, key, mode, onEvent: tell, onBegin, onEnd, onTransport });
    reader.run().catch((error: unknown) => {
      queue.fail(error);
    });
  }
  watchStatus(options, { net, reader }).then(
    () => {
      queue.fail(new TerminalError('TurnDeleted', `turn ${turn.name} was deleted before it ended`));
    },
    (error: unknown) => {
      queue.fail(error);
    },
  );
  return queue;
}

/** Until the Turn is gone. */
async function watchStatus(
  { ports, turn, signal }: FollowOptions,
  { net, reader }: { readonly net: StatusNet; readonly reader: StreamFollower | undefined },
): Promise<void> {
  for await (const seen of ports.watchTurn(turn, signal)) {
    if (seen === 'gone') {
      net.streamEnds();
      return;
    }
    net.see(seen);
    reader?.moveTo(seen.status?.stream);
  }
}
