import { followTurn } from '../../streaming/client/follow-turn.ts';
import { kinds } from '../../api/group.ts';
import { type Turn } from '../../api/turn.ts';
import { type TurnEvent } from '../../streaming/turn-event.ts';
import { type CliContext } from './cli-context.ts';
import { type StreamMode } from './stream-modes.ts';

type Following = Parameters<typeof followTurn>[0];

export interface FollowOptions {
  readonly stream?: StreamMode | undefined;
  /** Absent: the context's. */
  readonly signal?: AbortSignal | undefined;
  readonly onTransport?: Following['onTransport'];
}

/** Everything that happens in the turn, from its beginning to `done`; without a key by its status alone. */
export function followAsked(
  context: CliContext,
  { turn, streamKey }: { readonly turn: Pick<Turn, 'metadata'>; readonly streamKey?: string | undefined },
  { stream = 'auto', signal = context.signal, onTransport }: FollowOptions = {},
): AsyncIterable<TurnEvent> {
  const { kube, clock, random } = context;
  const { name, namespace } = turn.metadata;
  return followTurn({
    turn: { namespace, name },
    ...(streamKey !== undefined && { key: streamKey }),
    mode: stream,
    ports: {
      watchTurn: (key, until) => kube.watchObject<Turn>(kinds.turn, key, until),
      openPortForward: (target, until) => kube.openPortForward(target, until),
      proxyRequest: (request, until) => kube.proxyRequest(request, until),
    },
    clock,
    random,
    signal,
    ...(onTransport && { onTransport }),
  });
}
