import { markdownBlocks, type Block } from './markdown-blocks.ts';

/** The smallest piece of a text that says something by itself. */
export interface TextUnit {
  readonly kind: 'sentence' | 'code';
  /** A sentence as plain text on one line; code with its fences. */
  readonly text: string;
}

const sentenceEnd = /(?<=[.!?]["'”’)`*_]*)\s+(?=["'“‘(`*_]*[\p{Lu}\p{N}`])/u;
const abbreviation = /(?:\b(?:e\.g|i\.e|etc|vs|cf|approx|resp|incl|no|fig)\.|\s\p{Lu}\.)$/iu;
const listItem = /^\s*(?:[-*+]|\d+[.)])\s+(?:\[[ x]\]\s+)?/;
const leadingMarks = /^(?:\s*>\s?)+/;

/** Sentences, list items and rows of tables one by one, code blocks whole, in the order of the text. */
export function unitsOf(markdown: string): TextUnit[] {
  return markdownBlocks(markdown).flatMap(unitsOfBlock);
}

function unitsOfBlock(block: Block): TextUnit[] {
  switch (block.kind) {
    case 'code':
      return [{ kind: 'code', text: block.lines.join('\n') }];
    case 'heading':
      return [];
    case 'table':
      return block.lines.slice(2).flatMap((row) => sentence(rowText(row)));
    case 'prose':
      return paragraphsOf(block.lines).flatMap((paragraph) => splitSentences(plain(paragraph)).flatMap(sentence));
  }
}

function sentence(text: string): TextUnit[] {
  return text === '' ? [] : [{ kind: 'sentence', text }];
}

/** An item of a list begins a paragraph of its own; the lines under it belong to it. */
function paragraphsOf(lines: readonly string[]): string[] {
  const paragraphs: string[] = [];
  for (const line of lines.map((each) => each.replace(leadingMarks, ''))) {
    const startsItem = listItem.test(line);
    const text = line.replace(listItem, '').trim();
    const last = paragraphs.length - 1;
    if (startsItem || last < 0) paragraphs.push(text);
    else paragraphs[last] = `${paragraphs[last] ?? ''} ${text}`;
  }
  return paragraphs.map((paragraph) => paragraph.trim());
}

function rowText(row: string): string {
  const cells = row.replace(/^\s*\||\|\s*$/g, '').split(/(?<!\\)\|/);
  const texts = cells.map((cell) => plain(cell.replaceAll('\\|', '|'))).filter((cell) => cell !== '' && cell !== '-');
  const [first, ...rest] = texts;
  // Cells that speak, if there are any, without those that only classify.
  const speaking = rest.filter((cell) => cell.split(' ').length >= 4);
  return first === undefined || rest.length === 0
    ? ''
    : `${first}: ${(speaking.length > 0 ? speaking : rest).join(', ')}`;
}

export function splitSentences(text: string): string[] {
  const parts: string[] = [];
  for (const part of text.split(sentenceEnd)) {
    const last = parts.at(-1);
    if (last !== undefined && abbreviation.test(last)) parts[parts.length - 1] = `${last} ${part}`;
    else parts.push(part);
  }
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

/** Without emphasis and escapes; inline code keeps its ticks. */
function plain(text: string): string {
  return text
    .replace(/(\*\*|__)(?=\S)(.+?)(?<=\S)\1/g, '$2')
    .replace(/(?<![\w*])\*(?=\S)([^*]+?)(?<=\S)\*(?!\w)/g, '$1')
    .replace(/(?<![\w`])_(?=\S)([^_`]+?)(?<=\S)_(?![\w`])/g, '$1')
    .replace(/\\([\\`*_{}[\]()#+.!|-])/g, '$1')
    .replace(/\s+/g, ' ')
    .trim();
}
