import type { ObjectKey } from '../../operator/reconciler.ts';
import { namespaceOf } from '../../operator/object-key.ts';

/** The places for turns that are worked on at once. Who finds none waits in line; namespaces take turns. */
export class TurnSlots {
  readonly #limit: number;
  readonly #wake: (key: ObjectKey) => void;
  readonly #taken = new Set<ObjectKey>();
  /** In the order in which namespaces are served next. */
  readonly #lines = new Map<string, Set<ObjectKey>>();

  /** @param wake called when a place has become free and is kept for this turn. */
  constructor(limit: number, wake: (key: ObjectKey) => void) {
    this.#limit = limit;
    this.#wake = wake;
  }

  /** @returns false when all places are taken; the turn then stands in line and is woken. */
  enter(key: ObjectKey): boolean {
    if (this.#taken.has(key)) return true;
    if (this.#taken.size < this.#limit) {
      this.#taken.add(key);
      return true;
    }
    const namespace = namespaceOf(key);
    const line = this.#lines.get(namespace) ?? new Set();
    this.#lines.set(namespace, line.add(key));
    return false;
  }

  /** Gives the place back, if it has one. Who stands in line stays there until it is woken. */
  leave(key: ObjectKey): void {
    if (this.#taken.delete(key)) this.#admitNext();
  }

  #admitNext(): void {
    const [first] = this.#lines;
    if (!first) return;
    const [namespace, line] = first;
    const [next] = line;
    this.#lines.delete(namespace);
    if (next === undefined) return;
    line.delete(next);
    if (line.size > 0) this.#lines.set(namespace, line);
    this.#taken.add(next);
    this.#wake(next);
  }
}
