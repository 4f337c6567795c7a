import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { turnEvent, type TurnEvent } from '../turn-event.ts';

export interface SentEvent {
  readonly id: string | undefined;
  readonly event: TurnEvent;
}

/** Far more than an event can hold. */
const longestEventCharacters = 4_194_304;

/**
 * The events of a stream as they arrive. What this version does not know is passed over: a newer server may say more.
 * @throws ParseError for an event that does not end.
 */
export async function* sseEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<SentEvent> {
  const decoder = new TextDecoder();
  const messages: EventSourceMessage[] = [];
  const parser = createParser({
    maxBufferSize: longestEventCharacters,
    onEvent: (message) => messages.push(message),
    onError: (error) => {
      if (error.type === 'max-buffer-size-exceeded') throw error;
    },
  });
  for await (const chunk of body) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    for (const { id, data } of messages.splice(0)) {
      const event = parse(data);
      if (event) yield { id, event };
    }
  }
}

function parse(data: string): TurnEvent | undefined {
  try {
    return turnEvent.safeParse(JSON.parse(data)).data;
  } catch {
    return undefined; // not JSON, so not an event either
  }
}
