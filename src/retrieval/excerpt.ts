import { analyze } from './analyzer.ts';
import { markdownBlocks, type Block } from './markdown-blocks.ts';
import { expansionsOf } from './query-expansion.ts';

/**
 * The part of a passage that has most to do with the question, at most `limit` characters: whole blocks that follow each
 * other, or the beginning of one that is longer than all that.
 */
export function excerptOf(text: string, { query, limit }: { readonly query: string; readonly limit: number }): string {
  if (text.length <= limit) return text;
  const blocks = markdownBlocks(text).map(textOfBlock);
  const asked = new Set([query, ...expansionsOf(query, 1).map((other) => other.text)].flatMap(analyze));
  const gains = blocks.map((block) => new Set(analyze(block).filter((term) => asked.has(term))).size);
  const { start, end } = bestRun(blocks, gains, limit);
  const excerpt = blocks.slice(start, end).join('\n\n');
  return excerpt.length <= limit ? excerpt : shortened(excerpt, limit);
}

/** The run of blocks within the limit that says most; the first one among equals. */
function bestRun(blocks: readonly string[], gains: readonly number[], limit: number): { start: number; end: number } {
  let best = { start: 0, end: 1, gain: -1 };
  for (let start = 0; start < blocks.length; start += 1) {
    let length = 0;
    let gain = 0;
    for (let end = start; end < blocks.length; end += 1) {
      length += (blocks[end]?.length ?? 0) + 2;
      if (length > limit + 2 && end > start) break;
      gain += gains[end] ?? 0;
      if (gain > best.gain) best = { start, end: end + 1, gain };
    }
  }
  return best;
}

function textOfBlock(block: Block): string {
  return block.kind === 'heading' ? `${'#'.repeat(block.level)} ${block.text}` : block.lines.join('\n');
}

/** Ends at a line; an open fence is closed again. */
function shortened(text: string, limit: number): string {
  const opening = /^\s*(`{3,}|~{3,})/.exec(text)?.[1];
  const room = limit - (opening?.length ?? 0) - 1;
  const end = text.lastIndexOf('\n', room);
  const kept = end > room / 2 ? text.slice(0, end) : text.slice(0, room).replace(/[\ud800-\udbff]$/u, '');
  return opening === undefined ? kept : `${kept}\n${opening}`;
}
