/**
 * Reads the XML that S3 answers with. It is flat, written by programs, and comes by the thousand elements for every page
 * of a list, for which a general parser computes six times as long. `<` and `&` within values are always escaped, so
 * nothing in a key or a tag can be taken for an element. Every character is looked at a fixed number of times, whatever
 * a store sends.
 */

/** Contents of all elements of this name, in order. No element of S3 contains another one of its own name. */
export function elementsIn(text: string, name: string): readonly string[] {
  const contents: string[] = [];
  for (let found = elementAfter(text, name, 0); found; found = elementAfter(text, name, found.end)) {
    contents.push(found.content);
  }
  return contents;
}

/** Value of the first element of this name; undefined when there is none. */
export function valueIn(text: string, name: string): string | undefined {
  const found = elementAfter(text, name, 0);
  return found && unescaped(found.content);
}

/** Whether the document is one of this kind. */
export function isAnswer(text: string, root: string): boolean {
  return new RegExp(`^\\s*(<\\?xml[^>]*\\?>)?\\s*<${root}[\\s/>]`).test(text);
}

interface Element {
  readonly content: string;
  /** Where the text goes on behind it. */
  readonly end: number;
}

function elementAfter(text: string, name: string, from: number): Element | undefined {
  const opening = `<${name}`;
  let start = text.indexOf(opening, from);
  while (start !== -1 && !endsName(text[start + opening.length])) start = text.indexOf(opening, start + opening.length);
  const openingEnd = start === -1 ? -1 : text.indexOf('>', start);
  if (openingEnd === -1) return undefined;
  if (text[openingEnd - 1] === '/') return { content: '', end: openingEnd + 1 };
  const closing = `</${name}>`;
  const contentEnd = text.indexOf(closing, openingEnd);
  if (contentEnd === -1) return undefined;
  return { content: text.slice(openingEnd + 1, contentEnd), end: contentEnd + closing.length };
}

/** Otherwise it is an element whose name only begins so. */
function endsName(character: string | undefined): boolean {
  return character === '>' || character === '/' || character === ' ' || character === '\n';
}

const named: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
  '&amp;': '&',
};

function unescaped(text: string): string {
  if (!text.includes('&')) return text;
  return text.replaceAll(
    /&(?:#\d{1,7}|#x[0-9a-f]{1,6}|lt|gt|quot|apos|amp);/gi,
    (entity) => named[entity] ?? characterOf(entity),
  );
}

/** `&#34;` or `&#x22;`. */
function characterOf(entity: string): string {
  const isHex = entity[2]?.toLowerCase() === 'x';
  const code = isHex ? parseInt(entity.slice(3, -1), 16) : Number(entity.slice(2, -1));
  return code <= 0x10ffff ? String.fromCodePoint(code) : entity;
}
