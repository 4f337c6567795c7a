/** What a Markdown page says about itself before its text begins. */
export interface FrontMatter {
  readonly title: string | undefined;
  readonly description: string | undefined;
  readonly body: string;
}

const frontMatterBlock = /^\s*(?:---\n([\s\S]*?)\n---|\+\+\+\n([\s\S]*?)\n\+\+\+)[ \t]*(?:\n|$)/;

/** Takes YAML or TOML front matter off; of its fields only the title and the description are text for people. */
export function splitFrontMatter(text: string): FrontMatter {
  const match = frontMatterBlock.exec(text);
  const fields = match?.[1] ?? match?.[2];
  if (match === null || fields === undefined) return { title: undefined, description: undefined, body: text };
  return {
    title: fieldOf(fields, 'title') ?? fieldOf(fields, 'linkTitle'),
    description: fieldOf(fields, 'description'),
    body: text.slice(match[0].length),
  };
}

function fieldOf(fields: string, name: string): string | undefined {
  const match = new RegExp(`^${name}[ \\t]*[:=][ \\t]*(.*(?:\\n[ \\t]+\\S.*)*)`, 'm').exec(fields);
  const value = match?.[1]
    ?.replace(/^[>|][-+]?\s*\n/, '')
    .replace(/\s+/g, ' ')
    .trim();
  const text = value?.replace(/^(["'])([\s\S]*)\1$/, '$2').trim();
  return text === '' ? undefined : text;
}

const htmlNames =
  'a|abbr|address|article|aside|b|blockquote|body|br|button|caption|center|cite|code|col|colgroup|dd|del|details|dfn|div|dl|dt|' +
  'em|figcaption|figure|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|kbd|label|li|link|main|mark|meta|nav|' +
  'object|ol|option|p|picture|pre|q|s|samp|section|select|small|source|span|strong|sub|summary|sup|svg|table|tbody|td|tfoot|th|' +
  'thead|time|tr|tt|u|ul|var|video|wbr';

/**
 * One pass over the page. Alternatives are tried in order at each place: what must stay as it is (fences, inline code)
 * comes first, so that a tag or comment inside code is left alone.
 */
const markup = new RegExp(
  [
    '(?<keep>(?<=^|\\n)[ \\t]*(?<fence>`{3,}|~{3,})[^\\n]*\\n(?:[\\s\\S]*?\\n)??[ \\t]*\\k<fence>[`~]*[ \\t]*(?=\\n|$)|(?<tick>`{1,2})[^`\\n]+\\k<tick>)',
    '(?<comment><!--[\\s\\S]*?(?:-->|$)|\\{/\\*[\\s\\S]*?\\*/\\})',
    '(?<hidden><(?<hiddenName>[a-z][a-z0-9]*)\\b[^<>]*(?:display:\\s*none|visibility:\\s*hidden|font-size:\\s*0|\\shidden[\\s>=])[^<>]*>[\\s\\S]*?</\\k<hiddenName>\\s*>|<(?<drop>script|style)\\b[\\s\\S]*?</\\k<drop>\\s*>)',
    '(?<shortcode>\\{\\{[<%][\\s\\S]*?[%>]\\}\\}|\\{%[^\\n]*?%\\})',
    '(?<module>(?<=^|\\n)(?:import\\s[^\\n]*?\\sfrom\\s+[\'"][^\\n]*|import\\s+[\'"][^\\n]*|export\\s+(?:const|default|function)\\s[^\\n]*)(?=\\n|$))',
    '(?<definition>(?<=^|\\n)[ \\t]{0,3}\\[[^\\]\\n]+\\]:[ \\t]+\\S+[^\\n]*(?=\\n|$))',
    '(?<image>!\\[(?<alt>[^\\]]*)\\](?:\\([^()]*(?:\\([^()]*\\)[^()]*)*\\)|\\[[^\\]]*\\]))',
    '(?<link>(?<![!\\\\])\\[(?<text>(?:[^\\[\\]]|\\[[^\\[\\]]*\\])+)\\](?:\\([^()\\n]*(?:\\([^()\\n]*\\)[^()\\n]*)*\\)|\\[[^\\]\\n]*\\]))',
    '(?<address><(?<autolink>https?://[^>\\s]+)>)',
    `(?<tag></?(?:[A-Z][\\w.]*|${htmlNames})(?:\\s(?:[^<>"']|"[^"]*"|'[^']*')*)?/?>)`,
    '(?<admonition>(?<=^|\\n)[ \\t]*(?::::+|\\?\\?\\?\\+?|!!!)[ \\t]*[a-z]*(?:\\[(?<note>[^\\]\\n]*)\\])?)',
  ].join('|'),
  'g',
);

const images = /!\[([^\]]*)\](?:\([^()]*(?:\([^()]*\)[^()]*)*\)|\[[^\]]*\])/g;
const label = /\s(?:label|title)=(?:"([^"]*)"|'([^']*)')/;
const entities: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&amp;': '&',
  '&quot;': '"',
  '&#39;': "'",
  '&nbsp;': ' ',
  '&rsquo;': '’',
  '&ldquo;': '“',
  '&rdquo;': '”',
  '&mdash;': '—',
  '&ndash;': '–',
  '&hellip;': '…',
};

/**
 * Takes away what a reader of the rendered page would not see: comments, hidden elements, imports, shortcodes, tags, and
 * link targets (an answer links to its passages only). Code stays as it is.
 */
export function cleanMarkdown(body: string): string {
  return body.replace(markup, replacement).replace(/[ \t]+$/gm, '');
}

function replacement(match: string, ...rest: unknown[]): string {
  const groups = rest.at(-1) as Readonly<Record<string, string | undefined>>;
  if (groups['keep'] !== undefined) return match;
  if (groups['image'] !== undefined) return groups['alt'] ?? '';
  if (groups['link'] !== undefined) return (groups['text'] ?? '').replace(images, '$1');
  if (groups['address'] !== undefined) return groups['autolink'] ?? '';
  if (groups['tag'] !== undefined) return tagText(match);
  return groups['note'] ?? '';
}

function tagText(tag: string): string {
  const shown = /^<[A-Z]/.test(tag) ? label.exec(tag) : undefined;
  return shown
    ? ` ${shown[1] ?? shown[2] ?? ''} `
    : /^<\/?(?:td|th|tr|li|p|div|dt|dd|br|h[1-6])\b/.test(tag)
      ? ' '
      : '';
}

/** Character references in prose; in code they are what they are. */
export function decodeEntities(text: string): string {
  return text.includes('&') ? text.replace(/&(?:[a-z]+|#39);/g, (entity) => entities[entity] ?? entity) : text;
}
