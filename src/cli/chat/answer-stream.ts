import { type TurnEventOf } from '../../streaming/turn-event.ts';
import { type Layout } from '../display/look.ts';
import { renderMarkdown } from '../display/markdown.ts';
import { StreamingMarkdown } from '../display/streaming-markdown.ts';
import { styled } from '../display/style.ts';

interface Piece {
  readonly name: string;
  text: string;
  /** False when the beginning of the answer never came this way. */
  isWhole: boolean;
}

/**
 * Answers in the making. What the first agent says is given out block by block as it becomes final; what the agents
 * behind it say is seen only while it is said, because their answers go to the first agent.
 */
export class AnswerStream {
  readonly #layout: () => Layout;
  readonly #behind = new Map<string, Piece>();
  #first: Piece | undefined;
  #markdown: StreamingMarkdown;

  constructor(layout: () => Layout) {
    this.#layout = layout;
    this.#markdown = new StreamingMarkdown(layout);
  }

  /** @returns what has become final, rendered. */
  add(token: TurnEventOf<'token'>): string {
    if ((token.frame ?? '') !== '') {
      const piece = this.#behind.get(token.frame ?? '');
      this.#behind.set(token.frame ?? '', grown(piece, token).piece);
      return '';
    }
    const brokeOff = this.#first?.name !== token.answer && (this.#first?.text ?? '') !== '';
    const before = brokeOff ? this.#brokenOff() : '';
    const { piece, added } = grown(this.#first, token);
    this.#first = piece;
    return before + this.#markdown.push(added);
  }

  /** What is in the making, rendered. */
  open(): string {
    const behind = [...this.#behind.values()].map(({ text, isWhole }) =>
      renderMarkdown(isWhole ? text : `…${text}`, this.#layout()),
    );
    return [...behind, this.#markdown.open()].filter((text) => text !== '').join('\n');
  }

  /** The first agent goes on with something else: what it said so far stands. */
  finishFirst(): string {
    const rest = this.#markdown.end();
    this.#first = undefined;
    return rest;
  }

  /** The agent of this frame has said what it had to say. */
  forget(frame: string): void {
    this.#behind.delete(frame);
  }

  /** The answer as it counts. @returns what of it has not been given out yet, rendered. */
  settle(text: string): string {
    this.#behind.clear();
    const said = this.#first?.isWhole === true ? this.#first.text : undefined;
    if (said?.trim() === text.trim()) return this.finishFirst();
    // The end may come with the whole answer only, where tokens come late or not at all.
    if (said !== undefined && text.startsWith(said))
      return this.#markdown.push(text.slice(said.length)) + this.finishFirst();
    const before = this.#first === undefined ? '' : this.#brokenOff();
    return before + renderMarkdown(text, this.#layout());
  }

  #brokenOff(): string {
    const rest = this.finishFirst();
    return `${rest}${styled(this.#layout().look, 'faint', '(this answer broke off)')}\n\n`;
  }
}

/** Pieces may overlap with what is there, or begin behind a gap. */
function grown(
  piece: Piece | undefined,
  { answer, offset, text }: TurnEventOf<'token'>,
): { piece: Piece; added: string } {
  if (piece?.name !== answer)
    return { piece: { name: answer, text, isWhole: offset === 0 }, added: offset === 0 ? text : `… ${text}` };
  if (!piece.isWhole || offset > piece.text.length) {
    const added = piece.isWhole ? ` … ${text}` : text;
    return { piece: { name: answer, text: piece.text + added, isWhole: false }, added };
  }
  const added = text.slice(piece.text.length - offset);
  return { piece: { name: answer, text: piece.text + added, isWhole: true }, added };
}
