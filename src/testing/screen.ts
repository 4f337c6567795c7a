import xterm from '@xterm/headless';

/** A terminal without a window, for tests that ask what a person would see. */
export class Screen {
  readonly isTTY = true;
  readonly #terminal: InstanceType<typeof xterm.Terminal>;
  /** What programs made the title of the window. */
  title = '';

  constructor({ columns = 80, rows = 24 } = {}) {
    // Line feeds of a program reach a real terminal with a carriage return, which the driver of its line adds.
    this.#terminal = new xterm.Terminal({
      cols: columns,
      rows,
      convertEol: true,
      allowProposedApi: true,
      scrollback: 5_000,
    });
    this.#terminal.onTitleChange((title) => {
      this.title = title;
    });
  }

  get columns(): number {
    return this.#terminal.cols;
  }

  get rows(): number {
    return this.#terminal.rows;
  }

  write(text: string): void {
    this.#terminal.write(text);
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
  }

  /** All lines up to the last one that is not empty, those scrolled away too, once all that was written has arrived. */
  async lines(): Promise<string[]> {
    await new Promise<void>((resolve) => {
      this.#terminal.write('', resolve);
    });
    const { active } = this.#terminal.buffer;
    const lines = Array.from({ length: active.length }, (_, at) => active.getLine(at)?.translateToString(true) ?? '');
    return lines.slice(0, lines.findLastIndex((line) => line !== '') + 1);
  }

  async text(): Promise<string> {
    return (await this.lines()).join('\n');
  }

  /** Column and row of the cursor, from 0, in the part that is in sight. */
  async cursor(): Promise<{ readonly x: number; readonly y: number }> {
    await this.lines();
    return { x: this.#terminal.buffer.active.cursorX, y: this.#terminal.buffer.active.cursorY };
  }
}
