import { lexer, type MarkedToken, type Tokens } from 'marked';
import type { Layout } from './look.ts';
import { renderMarkdown, unlessTooDeep } from './markdown.ts';
import { SafeTextStream } from './safe-text.ts';

/**
 * Markdown that comes in pieces. What was given out never changes: a block, or an item of a list, is given out when nothing
 * that follows can belong to it; only the one in the making may look different from one moment to the next.
 */
export class StreamingMarkdown {
  readonly #layout: () => Layout;
  readonly #safe = new SafeTextStream();
  /** Not given out yet. */
  #source = '';
  /** What stands between the text given out and the next one. */
  #gap = '';

  constructor(layout: () => Layout) {
    this.#layout = layout;
  }

  /** Blocks that have become complete, rendered; empty when there are none. */
  push(piece: string): string {
    const text = this.#safe.push(piece);
    this.#source += text;
    return text.includes('\n') ? this.#takeFinished() : '';
  }

  /** The block in the making, as it looks by now. */
  open(): string {
    const text = renderMarkdown(this.#source, this.#layout());
    return text === '' ? '' : this.#gap + text;
  }

  /** All that is left; the next piece starts a new text. */
  end(): string {
    this.#source += this.#safe.end();
    const rest = this.open();
    this.#source = '';
    this.#gap = '';
    return rest;
  }

  #takeFinished(): string {
    const { length, insideList, rest } = finished(this.#source);
    if (length === 0) return '';
    const text = renderMarkdown(this.#source.slice(0, length), this.#layout());
    this.#source = rest ?? this.#source.slice(length);
    if (text === '') return '';
    const given = this.#gap + text;
    this.#gap = insideList ? '' : '\n';
    return given;
  }
}

interface Finished {
  /** Of the source that will not change its meaning any more. */
  readonly length: number;
  readonly insideList: boolean;
  /** What follows, where it is not just the rest of the source. */
  readonly rest?: string;
}

/** Only whole lines count: what begins as `-` may become an item, a rule or the underline of a heading. */
function finished(source: string): Finished {
  const lines = source.slice(0, source.lastIndexOf('\n') + 1);
  const tokens = unlessTooDeep(
    () => lexer(lines) as MarkedToken[],
    () => [],
  );
  const last = tokens.findLastIndex(({ type }) => type !== 'space' && type !== 'def');
  const token = tokens[last];
  if (!token) return { length: 0, insideList: false };
  const before = lengthOf(tokens.slice(0, last));
  if (isFinished(token, tokens.slice(last + 1))) return { length: lengthOf(tokens), insideList: false };
  if (token.type === 'list' && token.items.length > 1) return finishedItems(token, source, before);
  return { length: before, insideList: false };
}

/** All items but the last. Renderers number items on from the first one, whatever their authors wrote: so does the rest. */
function finishedItems(list: Tokens.List, source: string, before: number): Finished {
  const items = list.items.slice(0, -1);
  const length = before + lengthOf(items);
  const rest = source.slice(length);
  if (list.start === '') return { length, insideList: true };
  const next = String(list.start + items.length);
  return { length, insideList: true, rest: rest.replace(/^(\s*)\d{1,9}/, `$1${next}`) };
}

const endsWithLine: ReadonlySet<string> = new Set(['heading', 'hr']);
const endsWithBlankLine: ReadonlySet<string> = new Set(['paragraph', 'table']);
const closedFence = /^ {0,3}(`{3,}|~{3,})[^]*\n {0,3}\1[`~]*\s*$/;

/** Of all others the next block tells that they have ended. */
function isFinished({ type, raw }: MarkedToken, after: readonly MarkedToken[]): boolean {
  if (endsWithLine.has(type)) return true;
  if (endsWithBlankLine.has(type)) return after.some((token) => token.type === 'space' && token.raw.includes('\n'));
  return type === 'code' && closedFence.test(raw);
}

function lengthOf(tokens: readonly { readonly raw: string }[]): number {
  return tokens.reduce((sum, { raw }) => sum + raw.length, 0);
}
