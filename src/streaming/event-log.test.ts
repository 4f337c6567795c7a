import { describe, expect, it } from 'vitest';
import { EventLog } from './event-log.ts';
import type { TurnEvent } from './turn-event.ts';

const about = { v: 1, turn: 't' } as const;
const error = (reason: string): TurnEvent => ({ ...about, type: 'error', key: `error:${reason}`, reason, message: '' });
const token = (answer: string, offset: number, text: string): TurnEvent => ({
  ...about,
  type: 'token',
  key: `token:${answer}:${offset}`,
  answer,
  offset,
  text,
});

const roomy = { events: 1_000, bytes: 1_000_000 };

function read(log: EventLog, from = 0): TurnEvent[] {
  const events: TurnEvent[] = [];
  for (let entry = log.after(from); entry; entry = log.after(entry.seq)) events.push(entry.event);
  return events;
}

/** One answer, piece by piece. */
function say(log: EventLog, answer: string, text: string): void {
  for (let offset = 0; offset < text.length; offset++) log.append(token(answer, offset, text.charAt(offset)));
}

describe('EventLog', () => {
  it('tells everything after a place, in order', () => {
    const log = new EventLog('log', roomy);
    for (const reason of ['A', 'B', 'C']) log.append(error(reason));
    expect(read(log, 1).map(({ key }) => key)).toEqual(['error:B', 'error:C']);
    expect(log.after(log.last)).toBeUndefined();
  });

  it('keeps an event of a known key out', () => {
    const log = new EventLog('log', roomy);
    log.append(error('A'));
    log.append(error('A'));
    expect(log.last).toBe(1);
  });

  it('wakes its readers for news and at its end, and takes nothing afterwards', () => {
    const log = new EventLog('log', roomy);
    let woken = 0;
    const unsubscribe = log.subscribe(() => woken++);
    log.append(error('A'));
    log.end();
    log.append(error('B'));
    expect({ woken, last: log.last }).toEqual({ woken: 2, last: 1 });
    unsubscribe();
    expect(log.readers).toBe(0);
  });

  it('puts the pieces of answers together when it is full, without losing a word', () => {
    const log = new EventLog('log', { ...roomy, events: 8 });
    log.append(error('first'));
    say(log, 'a', 'abcdefgh');
    log.append(error('last'));
    expect(log.size).toBeLessThanOrEqual(8);
    const texts = read(log).flatMap((event) => (event.type === 'token' ? event.text : []));
    expect(texts.join('')).toBe('abcdefgh');
    expect(read(log).at(0)?.key).toBe('error:first');
    expect(read(log).at(-1)?.key).toBe('error:last');
  });

  it('does not repeat to a reader what it has had, when pieces are put together behind it', () => {
    const log = new EventLog('log', { ...roomy, events: 4 });
    say(log, 'a', 'abcd');
    const position = log.last;
    say(log, 'b', 'x');
    expect(read(log, position)).toMatchObject([{ answer: 'b', text: 'x' }]);
  });

  it('drops whole answers that are over before anything else, oldest first', () => {
    const log = new EventLog('log', { events: 1_000, bytes: 4_000 });
    log.append(error('kept'));
    for (const answer of ['a', 'b', 'c', 'd', 'e']) log.append(token(answer, 0, answer.repeat(900)));
    expect(log.bytes).toBeLessThanOrEqual(4_000);
    const events = read(log);
    expect(events.at(0)?.key).toBe('error:kept');
    expect(events.at(-1)).toMatchObject({ answer: 'e', offset: 0 });
    expect(events.some((event) => event.type === 'token' && event.answer === 'a')).toBe(false);
  });

  it('keeps the end of an answer that is larger than the log', () => {
    const log = new EventLog('log', { events: 1_000, bytes: 4_000 });
    const text = 'abcdefghij'.repeat(1_000);
    for (let offset = 0; offset < text.length; offset += 500)
      log.append(token('a', offset, text.slice(offset, offset + 500)));
    expect(log.bytes).toBeLessThanOrEqual(4_000);
    for (const event of read(log)) {
      if (event.type !== 'token') continue;
      expect(text.slice(event.offset, event.offset + event.text.length)).toBe(event.text);
    }
    const last = read(log).at(-1);
    expect(last?.type === 'token' && last.offset + last.text.length).toBe(text.length);
  });
});
