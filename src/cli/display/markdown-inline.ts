import type { MarkedToken, Token } from 'marked';
import type { Look } from './look.ts';
import { safeText } from './safe-text.ts';
import { styled } from './style.ts';

/**
 * The text of a paragraph, styled; line breaks are those that the author asked for. Every leaf is made safe by itself: the
 * lexer turns `&#27;` into the character.
 */
export function inlineText(tokens: readonly Token[], look: Look): string {
  return tokens.map((token) => inlineToken(token as MarkedToken, look)).join('');
}

type Renderers = {
  readonly [Type in MarkedToken['type']]?: (token: Extract<MarkedToken, { type: Type }>, look: Look) => string;
};

const renderers: Renderers = {
  strong: ({ tokens }, look) => emphasized('strong', inlineText(tokens, look), look),
  em: ({ tokens }, look) => emphasized('emphasis', inlineText(tokens, look), look),
  del: ({ tokens }, look) => emphasized('deleted', inlineText(tokens, look), look),
  codespan: ({ text }, look) => (look.color ? styled(look, 'code', leaf(text)) : `\`${leaf(text)}\``),
  link: ({ tokens, href }, look) => link(inlineText(tokens, look), leaf(href), look),
  image: ({ text, href }, look) => link(leaf(text), leaf(href), look),
  checkbox: ({ checked }) => (checked ? '[x] ' : '[ ] '),
  br: () => '\n',
  html: ({ text }) => (/^<br\s*\/?>$/i.test(text) ? '\n' : leaf(text)),
  text: ({ tokens, text }, look) => (tokens ? inlineText(tokens, look) : leaf(text)),
  escape: ({ text }) => leaf(text),
};

function inlineToken(token: MarkedToken, look: Look): string {
  const render = renderers[token.type] as ((token: MarkedToken, look: Look) => string) | undefined;
  return render ? render(token, look) : leaf(token.raw);
}

/** A line break in the source of a paragraph is a space. */
function leaf(text: string): string {
  return safeText(text).replaceAll(/\s*\n\s*/g, ' ');
}

const authorsMarks = { strong: '**', emphasis: '*', deleted: '~~' } as const;

/** Without colour the marks of the author stay: they are what tells emphasis. */
function emphasized(tone: keyof typeof authorsMarks, text: string, look: Look): string {
  if (look.color || look.words) return styled(look, tone, text);
  return `${authorsMarks[tone]}${text}${authorsMarks[tone]}`;
}

/** An address is always seen: it need not be what the text says. */
function link(text: string, address: string, look: Look): string {
  if (text === address || `mailto:${text}` === address) return styled(look, 'address', text);
  return `${text} (${styled(look, 'address', address)})`;
}
