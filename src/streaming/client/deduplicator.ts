import type { TurnEvent, TurnEventOf } from '../turn-event.ts';

/** Tells what is new of the events of one turn, whichever ways they come, and however often. */
export class Deduplicator {
  readonly #keys = new Set<string>();
  /** Per answer, where the text ends that was told. */
  readonly #ends = new Map<string, number>();

  /** @returns the event, of a token what is new of it, or undefined when nothing is. */
  fresh(event: TurnEvent): TurnEvent | undefined {
    if (event.type === 'token') return this.#freshToken(event);
    if (this.#keys.has(event.key)) return undefined;
    this.#keys.add(event.key);
    return event;
  }

  #freshToken(token: TurnEventOf<'token'>): TurnEventOf<'token'> | undefined {
    const told = this.#ends.get(token.answer) ?? 0;
    const end = token.offset + token.text.length;
    if (end <= told) return undefined;
    this.#ends.set(token.answer, end);
    if (token.offset >= told) return token;
    return {
      ...token,
      key: `token:${token.answer}:${told}`,
      offset: told,
      text: token.text.slice(told - token.offset),
    };
  }
}
