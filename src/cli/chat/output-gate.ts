import { Writable } from 'node:stream';
import { type Output } from '../session/shell.ts';

/**
 * What the line editor writes to. While it is closed the editor goes on editing, unseen: what is typed during a turn
 * would otherwise mix with the answer.
 */
export class OutputGate extends Writable {
  isOpen = true;
  readonly isTTY: boolean;
  readonly #output: Output;

  constructor(output: Output) {
    super({ decodeStrings: false });
    this.#output = output;
    this.isTTY = output.isTTY === true;
    output.on('resize', () => this.emit('resize'));
  }

  get columns(): number {
    return this.#output.columns ?? 80;
  }

  override _write(chunk: string | Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.isOpen) this.#output.write(chunk);
    done();
  }
}
