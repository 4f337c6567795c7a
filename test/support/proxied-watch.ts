import { type IncomingMessage, type ServerResponse } from 'node:http';
import { createInterface } from 'node:readline';

/** What becomes of the next line: half of it and then the end, itself twice, or noise in its place. */
export type LineFault = 'cut' | 'duplicate' | 'garble';

/** One open watch that passes through the fault proxy, line by line. */
export class ProxiedWatch {
  readonly path: string;
  readonly #response: ServerResponse;
  readonly #lineFaults: LineFault[] = [];
  #frozen = false;

  constructor(path: string, { answer, response }: { answer: IncomingMessage; response: ServerResponse }) {
    this.path = path;
    this.#response = response;
    const lines = createInterface({ input: answer, crlfDelay: Infinity });
    lines.on('line', (line) => {
      this.#pass(line);
    });
    lines.once('close', () => {
      if (!this.#frozen) response.end();
    });
    // readline passes on what breaks its input
    lines.on('error', () => {
      if (!this.#frozen) response.destroy();
    });
  }

  get isOpen(): boolean {
    return !this.#response.writableEnded && !this.#response.destroyed;
  }

  /** As when a load balancer forgets the connection. */
  reset(): void {
    this.#response.destroy();
  }

  /** As when the network between swallows everything: open, and silent for ever. */
  freeze(): void {
    this.#frozen = true;
  }

  /** The server's own words, for example an event of type ERROR, and then a proper end. */
  endWith(line: string): void {
    this.#response.end(`${line}\n`);
  }

  faultNextLine(fault: LineFault): void {
    this.#lineFaults.push(fault);
  }

  #pass(line: string): void {
    if (this.#frozen || !this.isOpen) return;
    switch (this.#lineFaults.shift()) {
      case undefined:
        this.#response.write(`${line}\n`);
        return;
      case 'duplicate':
        this.#response.write(`${line}\n${line}\n`);
        return;
      case 'garble':
        this.#response.write('{"type":"MODIFIED","object":\n');
        return;
      case 'cut':
        this.#response.write(line.slice(0, line.length / 2), () => this.#response.destroy());
    }
  }
}
