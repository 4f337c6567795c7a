/** A run of lines that belongs together; blocks in order are the whole text, blank lines apart. */
export type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly text: string; readonly anchor: string | undefined }
  | { readonly kind: 'code' | 'table' | 'prose'; readonly lines: readonly string[] };

const fence = /^(\s*)(`{3,}|~{3,})/;
const atxHeading = /^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$/;
const underline = /^ {0,3}(=+|-{2,})\s*$/;
const tableRow = /^\s*\|.*\|?\s*$/;
const tableRule = /^\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*$/;
const explicitAnchor = /\s*\{#([^}\s]+)[^}]*\}\s*$/;

/**
 * Scans Markdown line by line (CommonMark's blocks as far as cutting needs them: headings, fences, tables, the rest).
 * A parser that builds inline nodes takes many times as long, and gives back no source lines.
 */
export function markdownBlocks(text: string): Block[] {
  const lines = text.split('\n');
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const read = readFence(lines, at) ?? readHeading(lines, at) ?? readTable(lines, at) ?? readProse(lines, at);
    if (read.block) blocks.push(read.block);
    at = read.next;
  }
  return blocks;
}

interface Read {
  readonly block?: Block;
  readonly next: number;
}

function readFence(lines: readonly string[], at: number): Read | undefined {
  const opening = fence.exec(lines[at] ?? '')?.[2];
  if (opening === undefined) return undefined;
  const closing = new RegExp(`^\\s*${opening[0]}{${opening.length},}\\s*$`);
  let end = at + 1;
  while (end < lines.length && !closing.test(lines[end] ?? '')) end += 1;
  const body = lines.slice(at, end);
  // An unclosed fence reaches to the end of the text; it is closed here, so that every passage renders.
  return { block: { kind: 'code', lines: [...body, lines[end] ?? opening] }, next: end + 1 };
}

function readHeading(lines: readonly string[], at: number): Read | undefined {
  const line = lines[at] ?? '';
  const [, marks, text = ''] = atxHeading.exec(line) ?? [];
  if (marks !== undefined) return { block: heading(marks.length, text), next: at + 1 };
  const below = isParagraph(line) ? underline.exec(lines[at + 1] ?? '')?.[1] : undefined;
  if (below === undefined) return undefined;
  return { block: heading(below.startsWith('=') ? 1 : 2, line.trim()), next: at + 2 };
}

function isParagraph(line: string): boolean {
  return line.trim() !== '' && !/^\s*([-*+>|]|\d+[.)])/.test(line);
}

function heading(level: number, source: string): Block {
  const anchor = explicitAnchor.exec(source)?.[1];
  return { kind: 'heading', level, text: plainHeading(source.replace(explicitAnchor, '')), anchor };
}

function plainHeading(source: string): string {
  return source
    .replace(/[*_]{1,3}(\S(?:.*?\S)?)[*_]{1,3}/g, '$1')
    .replace(/`/g, '')
    .trim();
}

function readTable(lines: readonly string[], at: number): Read | undefined {
  if (!(lines[at] ?? '').includes('|') || !tableRule.test(lines[at + 1] ?? '')) return undefined;
  let end = at + 2;
  while (end < lines.length && (tableRow.test(lines[end] ?? '') || isOpenRow(lines[end] ?? ''))) end += 1;
  return { block: { kind: 'table', lines: lines.slice(at, end) }, next: end };
}

function isOpenRow(line: string): boolean {
  return line.includes('|') && !fence.test(line) && !atxHeading.test(line);
}

/** A paragraph, a list item with what is indented under it, or a quotation; blank lines end it. */
function readProse(lines: readonly string[], at: number): Read {
  if ((lines[at] ?? '').trim() === '') return { next: at + 1 };
  let end = at + 1;
  while (end < lines.length && !endsProse(lines, end)) end += 1;
  return { block: { kind: 'prose', lines: lines.slice(at, end) }, next: end };
}

function endsProse(lines: readonly string[], at: number): boolean {
  const line = lines[at] ?? '';
  const startsTable = line.includes('|') && tableRule.test(lines[at + 1] ?? '');
  return line.trim() === '' || fence.test(line) || atxHeading.test(line) || startsTable;
}
