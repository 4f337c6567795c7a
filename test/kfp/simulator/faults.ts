import { type Clock } from '../../../src/base/clock.ts';

/** Trouble on demand, between a client and the server. */
export interface Fault {
  readonly method?: string;
  /** Requests whose path begins so; all without one. */
  readonly path?: string;
  /**
   * `status`: an answer of somebody in between, such as 429 or 503. `reset`: the connection breaks. `hang`: no answer
   * ever. `delay`: the answer comes later.
   */
  readonly action: 'status' | 'reset' | 'hang' | 'delay';
  readonly status?: number;
  readonly retryAfterSeconds?: number;
  readonly delayMs?: number;
  /** The request is carried out before the trouble begins; without it, it never arrives. */
  readonly afterExecution?: boolean;
  /** How many requests it hits; default: every one. */
  readonly times?: number;
}

export class Faults {
  readonly #clock: Clock;
  #faults: { readonly fault: Fault; left: number }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(fault: Fault): void {
    this.#faults.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY });
  }

  clear(): void {
    this.#faults = [];
  }

  /** The fault that this request runs into; counts it. */
  take(method: string, path: string): Fault | undefined {
    const entry = this.#faults.find(
      ({ fault, left }) => left > 0 && (fault.method ?? method) === method && path.startsWith(fault.path ?? ''),
    );
    if (entry) entry.left -= 1;
    return entry?.fault;
  }

  async delay({ delayMs = 1000 }: Fault): Promise<void> {
    await this.#clock.sleep(delayMs);
  }
}
