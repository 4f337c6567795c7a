import { lexer, type MarkedToken, type Token, type Tokens } from 'marked';
import type { Layout } from './look.ts';
import { inlineText } from './markdown-inline.ts';
import { markdownTable } from './markdown-table.ts';
import { safeText } from './safe-text.ts';
import { marks, styled } from './style.ts';
import { broken, wrapped } from './width.ts';

/** Markdown for a terminal. Longer lines than a hundred columns are hard to read: text stays narrower than wide windows. */
export function renderMarkdown(text: string, layout: Layout): string {
  const safe = safeText(text);
  const lines = unlessTooDeep(
    () => blocks(lexer(safe), { ...layout, columns: Math.min(layout.columns, widestText) }),
    () => wrapped(safe, layout.columns),
  );
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

const widestText = 100;

/** Thousands of marks inside one another exhaust the stack of the lexer; nobody means anything by them. */
export function unlessTooDeep<Result>(work: () => Result, instead: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return instead();
  }
}

function blocks(tokens: readonly Token[], layout: Layout, gap: readonly string[] = ['']): readonly string[] {
  const parts = tokens.map((token) => block(token as MarkedToken, layout)).filter((lines) => lines.length > 0);
  return parts.flatMap((lines, index) => (index === 0 ? lines : [...gap, ...lines]));
}

type Renderers = {
  readonly [Type in MarkedToken['type']]?: (
    token: Extract<MarkedToken, { type: Type }>,
    layout: Layout,
  ) => readonly string[];
};

const renderers: Renderers = {
  heading,
  list,
  code,
  blockquote: quote,
  table: markdownTable,
  paragraph: ({ tokens }, { look, columns }) => wrapped(inlineText(tokens, look), columns),
  text: (token, { look, columns }) => wrapped(inlineText([token], look), columns),
  hr: (_token, { look, columns }) => [styled(look, 'faint', marks(look).rule.repeat(Math.min(columns, 40)))],
  space: () => [],
  def: () => [],
};

/** What has no renderer, HTML above all, is shown as it was written. */
function block(token: MarkedToken, layout: Layout): readonly string[] {
  const render = renderers[token.type] as ((token: MarkedToken, layout: Layout) => readonly string[]) | undefined;
  return render ? render(token, layout) : wrapped(safeText(token.raw).trimEnd(), layout.columns);
}

function heading({ depth, tokens }: Tokens.Heading, { look, columns }: Layout): readonly string[] {
  const text = inlineText(tokens, look);
  const isMarked = !look.color && !look.words;
  return wrapped(isMarked ? `${'#'.repeat(depth)} ${text}` : text, columns).map((line) =>
    styled(look, 'heading', line),
  );
}

function list(token: Tokens.List, layout: Layout): readonly string[] {
  const first = token.start === '' ? 1 : token.start;
  const numbers = token.items.map((_, index) => `${first + index}. `);
  const widest = Math.max(0, ...numbers.map(({ length }) => length));
  return token.items.flatMap(({ tokens }, index) => {
    const mark = token.ordered ? (numbers[index] ?? '').padStart(widest) : `${marks(layout.look).bullet} `;
    return indented(blocks(joinedCheckbox(tokens), narrower(layout, mark.length), []), mark);
  });
}

/** The lexer puts the box of a task beside its text; here they are one line. */
function joinedCheckbox(tokens: readonly Token[]): readonly Token[] {
  const [box, text, ...rest] = tokens as readonly MarkedToken[];
  if (box?.type !== 'checkbox' || text?.type !== 'text') return tokens;
  return [{ ...text, tokens: [box, ...(text.tokens ?? [])] }, ...rest];
}

function code({ text }: Tokens.Code, layout: Layout): readonly string[] {
  const lines = broken(safeText(text).replaceAll('\t', '    '), narrower(layout, 2).columns);
  return indented(
    lines.map((line) => styled(layout.look, 'code', line)),
    '  ',
  );
}

function quote({ tokens }: Tokens.Blockquote, layout: Layout): readonly string[] {
  const mark = layout.look.words ? '> ' : `${layout.look.unicode ? marks(layout.look).bar : '>'} `;
  const lines = blocks(tokens, narrower(layout, mark.length));
  return lines.map((line) => styled(layout.look, 'faint', mark) + line);
}

function indented(lines: readonly string[], mark: string): readonly string[] {
  return lines.map((line, index) => (index === 0 ? mark : ' '.repeat(mark.length)) + line);
}

/** Deep nesting in a narrow window: better too wide than a letter a line. */
function narrower({ look, columns }: Layout, by: number): Layout {
  return { look, columns: Math.max(16, columns - by) };
}
