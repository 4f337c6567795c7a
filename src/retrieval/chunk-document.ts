import { canonicalJson, sha256Hex } from '../base/digest.ts';
import type { Chunk, SourceDocument } from './chunk.ts';
import { cleanMarkdown, decodeEntities, splitFrontMatter } from './clean-markdown.ts';
import { cleanText } from './clean-text.ts';
import { htmlToMarkdown } from './html-to-markdown.ts';
import { markdownBlocks, type Block } from './markdown-blocks.ts';
import { notebookToMarkdown } from './notebook-to-markdown.ts';
import { packPassages, type Section } from './pack-passages.ts';

/** Name of these rules; passages that other rules cut are another generation. */
export const chunkerVersion = 'md-1';

interface Page {
  readonly title: string;
  readonly sections: readonly Section[];
}

/** Cuts a document into passages of about 1,600 characters along its headings; the same document gives the same passages. */
export function chunkDocument(document: SourceDocument): Chunk[] {
  const { title, sections } = pageOf(document);
  const duplicates = new Map<string, number>();
  const passages = sections.flatMap((section) => packPassages(section).map((text) => ({ section, text })));
  return passages.map(({ section, text }, ordinal) => {
    const { anchor, headings } = section;
    const hash = sha256Hex(canonicalJson([title, headings, anchor, text]));
    const duplicate = duplicates.get(hash) ?? 0;
    duplicates.set(hash, duplicate + 1);
    return {
      id: chunkId(document, hash, duplicate),
      knowledgeBase: document.knowledgeBase,
      document: document.path,
      url: anchor === '' ? document.url : `${document.url.replace(/#.*$/, '')}#${anchor}`,
      anchor,
      title,
      headings,
      text,
      ordinal,
      total: passages.length,
      hash,
    };
  });
}

function chunkId({ knowledgeBase, path }: SourceDocument, hash: string, duplicate: number): string {
  return sha256Hex(canonicalJson([knowledgeBase, path, hash, duplicate])).slice(0, 32);
}

function pageOf(document: SourceDocument): Page {
  if (document.format === 'text') return textPage(document);
  const source = markdownOf(document);
  const front = splitFrontMatter(cleanText(source));
  const blocks = markdownBlocks(cleanMarkdown(front.body)).map(readable);
  const first = blocks.find((block) => block.kind === 'heading' && block.level === 1);
  const firstHeading = first?.kind === 'heading' ? first.text : undefined;
  const title = titleOf(document.title ?? front.title ?? firstHeading, document.path);
  const summary: Block[] =
    front.description === undefined ? [] : [{ kind: 'prose', lines: [cleanMarkdown(front.description)] }];
  return { title, sections: sectionsOf([...summary, ...blocks], title) };
}

function textPage(document: SourceDocument): Page {
  const paragraphs = cleanText(document.content).split(/\n\s*\n/);
  const blocks = paragraphs.map((paragraph): Block => ({ kind: 'prose', lines: paragraph.split('\n') }));
  const title = titleOf(document.title, document.path);
  return { title, sections: [{ headings: [], anchor: '', blocks: blocks.filter(hasText) }] };
}

function markdownOf({ format, content }: SourceDocument): string {
  if (format === 'html') return htmlToMarkdown(content);
  return format === 'notebook' ? notebookToMarkdown(content) : content;
}

function hasText(block: Block): boolean {
  return block.kind !== 'heading' && block.lines.some((line) => line.trim() !== '');
}

function readable(block: Block): Block {
  if (block.kind === 'code') return block;
  if (block.kind === 'heading') return { ...block, text: decodeEntities(block.text) };
  return { kind: block.kind, lines: block.lines.map(decodeEntities) };
}

function sectionsOf(blocks: readonly Block[], title: string): Section[] {
  const sections: Section[] = [];
  const anchors = anchorCounter();
  let path: { readonly level: number; readonly text: string }[] = [];
  let current: { headings: readonly string[]; anchor: string; blocks: Block[] } = {
    headings: [],
    anchor: '',
    blocks: [],
  };
  const close = () => {
    if (current.blocks.length > 0) sections.push(current);
  };
  for (const [index, block] of blocks.entries()) {
    if (block.kind !== 'heading') {
      current.blocks.push(block);
      continue;
    }
    const anchor = anchors(cut(block.anchor ?? slugOf(block.text)));
    const isTitle = cut(block.text) === title;
    // What stands above the title belongs to the text under it.
    if (isTitle && current.headings.length === 0) {
      if (isLeaf(blocks, index)) current.blocks.push({ kind: 'prose', lines: [block.text] });
      continue;
    }
    close();
    path = [
      ...path.filter(({ level }) => level < block.level),
      ...(isTitle ? [] : [{ level: block.level, text: cut(block.text) }]),
    ];
    current = { headings: path.map(({ text }) => text), anchor: isTitle ? '' : anchor, blocks: [] };
    if (isLeaf(blocks, index)) current.blocks.push({ kind: 'prose', lines: [block.text] });
  }
  close();
  return sections;
}

/** A heading with nothing under it is all that its section says. */
function isLeaf(blocks: readonly Block[], index: number): boolean {
  const heading = blocks[index];
  const next = blocks[index + 1];
  if (heading?.kind !== 'heading') return false;
  return next === undefined || (next.kind === 'heading' && next.level <= heading.level);
}

/** Fragments as GitHub, Docusaurus and Hugo make them; repeated ones are numbered. */
function slugOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
}

function anchorCounter(): (slug: string) => string {
  const seen = new Map<string, number>();
  return (slug) => {
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    return times === 0 ? slug : `${slug}-${times}`;
  };
}

const maxTitleCharacters = 200;

/** One line without markup or addresses: a title is shown where nothing marks it as somebody else's words. */
function titleOf(given: string | undefined, path: string): string {
  const plain = decodeEntities(cleanMarkdown(cleanText(given ?? '')))
    .replace(/https?:\/\/\S+/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  return plain === '' ? titleFromPath(path) : cut(plain);
}

function cut(line: string): string {
  return line
    .slice(0, maxTitleCharacters)
    .replace(/[\ud800-\udbff]$/u, '')
    .trimEnd();
}

function titleFromPath(path: string): string {
  const segments = path.split('/').map((segment) => segment.replace(/\.[a-z0-9]+$/i, ''));
  const own = segments.at(-1) ?? path;
  const name = /^(index|_index|readme)$/i.test(own) ? (segments.at(-2) ?? own) : own;
  const words = name.replace(/[-_]+/g, ' ').trim();
  return words === '' ? path : words.charAt(0).toUpperCase() + words.slice(1);
}
