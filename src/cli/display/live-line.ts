import type { Clock } from '../../base/clock.ts';
import { elapsedText } from './elapsed.ts';
import type { Look } from './look.ts';
import { safeLine } from './safe-text.ts';
import { spinnerFrames, styled } from './style.ts';
import type { Terminal } from './terminal.ts';
import { broken, fitted, widthOf } from './width.ts';

const eraseToEndOfLine = '\u001b[K';
const eraseBelow = '\u001b[J';
const frameMs = 100;

export interface LiveLineParts {
  readonly terminal: Terminal;
  readonly look: Look;
  readonly clock: Clock;
}

/**
 * The only part of the screen that is drawn again: what happens now, and above it the block of text in the making.
 * Everything else is written once and scrolls away. Where lines cannot be drawn again, what happens is said once, as words.
 */
export class LiveLine {
  readonly #terminal: Terminal;
  readonly #look: Look;
  readonly #clock: Clock;
  #activity: { readonly what: string; readonly sinceMs: number } | undefined;
  #open = '';
  #frame = 0;
  #drawn: readonly string[] = [];
  #stopTicking: (() => void) | undefined;

  constructor({ terminal, look, clock }: LiveLineParts) {
    this.#terminal = terminal;
    this.#look = look;
    this.#clock = clock;
  }

  /** What happens from now on, in a few words. */
  begin(what: string): void {
    const line = safeLine(what);
    if (this.#activity?.what === line) return;
    this.#activity = { what: line, sinceMs: this.#clock.monotonicMs() };
    if (!this.#look.live) {
      this.#terminal.write(`${line}\n`);
      return;
    }
    this.#terminal.write(this.#drawing());
    this.#stopTicking ??= this.#clock.schedule(frameMs, this.#tick);
  }

  /** The text in the making, rendered; empty when it has been printed. */
  showOpen(text: string): void {
    if (!this.#look.live || text === this.#open) return;
    this.#open = text;
    this.#terminal.write(this.#drawing());
  }

  /** Writes something that stays. */
  print(text: string): void {
    const whole = text === '' || text.endsWith('\n') ? text : `${text}\n`;
    this.#terminal.write(this.#erasure() + whole + this.#drawing());
  }

  /** Takes the live part away while something is written by other means, standard output for one. */
  around<Result>(action: () => Result): Result {
    this.#terminal.write(this.#erasure());
    try {
      return action();
    } finally {
      this.#terminal.write(this.#drawing());
    }
  }

  /** Takes the live part away; begin() starts anew. */
  end(): void {
    this.#stopTicking?.();
    this.#stopTicking = undefined;
    this.#activity = undefined;
    this.#open = '';
    this.#terminal.write(this.#erasure());
  }

  readonly #tick = () => {
    this.#frame += 1;
    this.#terminal.write(this.#drawing());
    this.#stopTicking = this.#clock.schedule(frameMs, this.#tick);
  };

  #erasure(): string {
    if (this.#drawn.length === 0) return '';
    const back = this.#backToStart();
    this.#drawn = [];
    return back + eraseBelow;
  }

  /** Each line is written over and then cleared to its end: nothing is blank in between. */
  #drawing(): string {
    const lines = this.#lines();
    if (lines.length === 0) return this.#erasure();
    const back = this.#backToStart();
    this.#drawn = lines;
    return `${back}${lines.map((line) => line + eraseToEndOfLine).join('\n')}${eraseBelow}`;
  }

  /**
   * After the window became narrower the terminal has broken our lines anew, so they take more rows than we wrote; most
   * leave the line of the cursor as it was. Rather one row too few: it must never be somebody's answer that is erased.
   */
  #backToStart(): string {
    const columns = Math.max(1, this.#terminal.columns);
    const above = this.#drawn.slice(0, -1);
    const rows = above.reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / columns)), 0);
    return this.#drawn.length === 0 ? '' : `\r${rows > 0 ? `\u001b[${rows}A` : ''}`;
  }

  /** The last column stays free, where terminals differ about when a line is broken; and the first line stays on the screen. */
  #lines(): readonly string[] {
    if (!this.#look.live) return [];
    const columns = Math.max(1, this.#terminal.columns - 1);
    const open = this.#open === '' ? [] : this.#open.replace(/\n$/, '').split('\n');
    const lines = [...open.flatMap((line) => broken(line, columns)), ...this.#activityLine(columns)];
    return lines.slice(-Math.max(1, this.#terminal.rows - 1));
  }

  #activityLine(columns: number): readonly string[] {
    if (!this.#activity) return [];
    const { what, sinceMs } = this.#activity;
    const frames = spinnerFrames(this.#look);
    const frame = frames[this.#frame % frames.length] ?? '';
    const elapsedMs = this.#clock.monotonicMs() - sinceMs;
    const elapsed = elapsedMs < 1_000 ? '' : ` ${elapsedText(Math.floor(elapsedMs / 1_000) * 1_000)}`;
    const room = Math.max(0, columns - widthOf(frame) - 1 - elapsed.length);
    return [
      `${styled(this.#look, 'busy', frame)} ${fitted(what, room, this.#look)}${styled(this.#look, 'faint', elapsed)}`,
    ];
  }
}
