import { HTMLElement, NodeType, parse, type Node } from 'node-html-parser';

const dropped = new Set([
  'script', 'style', 'noscript', 'template', 'iframe', 'object', 'embed', 'svg', 'form', 'nav', 'footer', 'aside', 'button',
  'select', 'input', 'head',
]); // prettier-ignore
const blocks = new Set(['p', 'div', 'section', 'article', 'main', 'ul', 'ol', 'dl', 'dd', 'dt', 'blockquote', 'figure', 'details', 'summary', 'header']); // prettier-ignore
const hiddenStyle = /display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0|opacity\s*:\s*0(?![.\d])/i;

/** The readable part of an HTML page as Markdown: what is hidden from people is left out, so are navigation and scripts. */
export function htmlToMarkdown(html: string): string {
  const root = parse(html, { comment: false, blockTextElements: { script: false, style: false } });
  const title = root.querySelector('title')?.text.trim();
  const main = root.querySelector('main') ?? root.querySelector('article') ?? root.querySelector('body') ?? root;
  const body = childrenOf(main)
    .replace(/[ \t]+\n/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
  const hasHeading = /^# \S/m.test(body);
  return hasHeading || title === undefined || title === '' ? body : `# ${title}\n\n${body}`;
}

function childrenOf(element: HTMLElement): string {
  return element.childNodes.map(textOf).join('');
}

function textOf(node: Node): string {
  if (node.nodeType === NodeType.TEXT_NODE) return node.text.replace(/\s+/g, ' ');
  if (!(node instanceof HTMLElement)) return '';
  const name = node.rawTagName.toLowerCase();
  if (dropped.has(name) || isHidden(node)) return '';
  const level = /^h([1-6])$/.exec(name)?.[1];
  if (level !== undefined) return headingOf(node, Number(level));
  return blocks.has(name) ? `\n\n${childrenOf(node).trim()}\n\n` : inlineOf(node, name);
}

function headingOf(node: HTMLElement, level: number): string {
  const anchor = node.getAttribute('id');
  const text = childrenOf(node)
    .replace(/\s+/g, ' ')
    .replace(/[¶#]\s*$/, '')
    .trim();
  const mark = anchor === undefined || !/^[\w.-]+$/.test(anchor) ? '' : ` {#${anchor}}`;
  return text === '' ? '' : `\n\n${'#'.repeat(level)} ${text}${mark}\n\n`;
}

function inlineOf(node: HTMLElement, name: string): string {
  switch (name) {
    case 'pre':
      return codeOf(node);
    case 'code':
      return `\`${node.text.replace(/[\s`]+/g, ' ').trim()}\``;
    case 'br':
      return '\n';
    case 'li':
      return `\n- ${childrenOf(node)
        .trim()
        .replace(/\n{2,}/g, '\n')}`;
    case 'table':
      return tableOf(node);
    case 'img':
      return node.getAttribute('alt') ?? '';
    default:
      return childrenOf(node);
  }
}

function codeOf(node: HTMLElement): string {
  const text = node.text.replace(/^\n+|\s+$/g, '');
  const language = /language-([\w+-]+)/.exec(node.innerHTML.slice(0, 200))?.[1] ?? '';
  const longest = Math.max(2, ...(text.match(/`{3,}/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `\n\n${fence}${language}\n${text}\n${fence}\n\n`;
}

function tableOf(node: HTMLElement): string {
  const rows = node
    .querySelectorAll('tr')
    .filter((row) => !isHidden(row))
    .map(cellsOf);
  const [head, ...body] = rows.filter((row) => row.length > 0);
  if (head === undefined) return '';
  const lines = [head, head.map(() => '---'), ...body].map((cells) => `| ${cells.join(' | ')} |`);
  return `\n\n${lines.join('\n')}\n\n`;
}

function cellsOf(row: HTMLElement): string[] {
  const cells = row.childNodes.filter((cell): cell is HTMLElement => cell instanceof HTMLElement);
  return cells
    .filter((cell) => !isHidden(cell))
    .map((cell) => childrenOf(cell).replace(/\s+/g, ' ').replace(/\|/g, '\\|').trim());
}

function isHidden(node: HTMLElement): boolean {
  return (
    node.hasAttribute('hidden') ||
    node.getAttribute('aria-hidden') === 'true' ||
    hiddenStyle.test(node.getAttribute('style') ?? '')
  );
}
