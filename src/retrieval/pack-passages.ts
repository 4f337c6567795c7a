import type { Block } from './markdown-blocks.ts';

/** What stands under one heading. */
export interface Section {
  readonly headings: readonly string[];
  readonly anchor: string;
  readonly blocks: readonly Block[];
}

/** Size barely matters for finding (docs/retrieval.md); this is about 400 tokens, which embedding models take whole. */
const passageLength = 1_600;
/** Code and single rows of tables are kept whole up to here: half an example helps nobody. */
const wholeLength = 3 * passageLength;

/** Texts of the section's passages, in order. Neither code nor a row of a table is broken, as long as it is not huge. */
export function packPassages({ blocks }: Section): string[] {
  const passages: string[] = [];
  let current = '';
  for (const piece of blocks.flatMap(piecesOf)) {
    if (current !== '' && current.length + piece.length + 2 > passageLength) {
      passages.push(current);
      current = piece;
    } else {
      current = current === '' ? piece : `${current}\n\n${piece}`;
    }
  }
  if (current !== '') passages.push(current);
  return passages;
}

function piecesOf(block: Block): string[] {
  if (block.kind === 'heading') return [];
  if (block.kind === 'code') return codePieces(block.lines);
  if (block.kind === 'table') return tablePieces(block.lines);
  return cut(block.lines.join('\n').trim(), passageLength);
}

function codePieces(lines: readonly string[]): string[] {
  const whole = lines.join('\n');
  if (whole.length <= wholeLength) return [whole];
  const opening = lines[0] ?? '```';
  const closing = lines.at(-1) ?? '```';
  return grouped(lines.slice(1, -1), wholeLength - opening.length - closing.length - 2).map(
    (body) => `${opening}\n${body}\n${closing}`,
  );
}

/** Every part of a long table carries its head, so that its cells keep their meaning. */
function tablePieces(lines: readonly string[]): string[] {
  const whole = lines.join('\n');
  if (whole.length <= passageLength) return [whole];
  const head = lines.slice(0, 2).join('\n');
  const roomLength = Math.max(passageLength - head.length - 1, passageLength / 2);
  return grouped(lines.slice(2), roomLength).map((rows) => `${head}\n${rows}`);
}

/** Lines joined to groups of at most `length` characters; a line longer than the whole bound is cut as text. */
function grouped(lines: readonly string[], length: number): string[] {
  const groups: string[] = [];
  let current: string[] = [];
  let size = 0;
  for (const line of lines.flatMap((entry) => (entry.length > wholeLength ? cut(entry, length) : [entry]))) {
    if (current.length > 0 && size + line.length + 1 > length) {
      groups.push(current.join('\n'));
      current = [];
      size = 0;
    }
    current.push(line);
    size += line.length + 1;
  }
  if (current.length > 0) groups.push(current.join('\n'));
  return groups;
}

/** Cuts at the last end of a line, sentence or word that fits. */
function cut(text: string, length: number): string[] {
  const parts: string[] = [];
  let rest = text;
  while (rest.length > length) {
    const end = lastBoundary(rest.slice(0, length));
    parts.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end).trimStart();
  }
  if (rest !== '') parts.push(rest);
  return parts;
}

function lastBoundary(window: string): number {
  const least = window.length / 3;
  const line = window.lastIndexOf('\n');
  if (line > least) return line;
  const sentence = Math.max(window.lastIndexOf('. '), window.lastIndexOf('? '), window.lastIndexOf('! ')) + 1;
  if (sentence > least) return sentence;
  const space = window.lastIndexOf(' ');
  if (space > least) return space;
  // Never between the halves of a surrogate pair.
  const last = window.charCodeAt(window.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? window.length - 1 : window.length;
}
