import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../support/test-cluster.ts';

/** A fenced block of a page. */
export interface Block {
  readonly page: string;
  readonly line: number;
  /** What stands behind the fence: language, then remarks for the tests, for example `yaml argocd`. */
  readonly language: string;
  readonly remark: string;
  readonly text: string;
}

/** One `$ command` of a console block with the output that the page shows for it. */
export interface ShownCommand {
  readonly command: string;
  readonly output: readonly string[];
}

/** All pages that people write; the reference is generated. */
export function pages(): readonly string[] {
  const inDocs = readdirSync(join(projectRoot, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md') && !/^(reference|adr)\//.test(path))
    .map((path) => `docs/${path}`);
  return ['README.md', ...inDocs.toSorted()];
}

export function blocksOf(page: string): readonly Block[] {
  const lines = readFileSync(join(projectRoot, page), 'utf8').split('\n');
  const blocks: Block[] = [];
  let open: { line: number; indent: string; info: string; text: string[] } | undefined;
  for (const [index, line] of lines.entries()) {
    const fence = /^(\s*)```(.*)$/.exec(line);
    if (!fence) open?.text.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line);
    else if (!open) open = { line: index + 1, indent: fence[1] ?? '', info: fence[2] ?? '', text: [] };
    else {
      const [language = '', ...remark] = open.info.trim().split(/\s+/);
      blocks.push({ page, line: open.line, language, remark: remark.join(' '), text: `${open.text.join('\n')}\n` });
      open = undefined;
    }
  }
  if (open) throw new Error(`${page}:${open.line}: this block has no end`);
  return blocks;
}

/** The name that the first line of a manifest gives it: `# training.yaml`. */
export function fileNameOf({ text }: Block): string | undefined {
  return /^# ([\w.-]+\.yaml)\n/.exec(text)?.[1];
}

/** A command goes on in the next line after a backslash. */
export function commandsOf({ text }: Block): readonly ShownCommand[] {
  const shown: { command: string; output: string[] }[] = [];
  for (const line of text.replaceAll('\\\n', '').trimEnd().split('\n')) {
    if (line.startsWith('$ ')) shown.push({ command: line.slice(2), output: [] });
    else shown.at(-1)?.output.push(line);
  }
  return shown;
}

/**
 * Whether a command's output is what the page shows. `…` stands for anything, a line of its own for any lines; runs of
 * spaces count as one, and names and figures that differ from run to run are not compared.
 */
export function isAsShown(shown: readonly string[], output: string): boolean {
  const pattern = normal(shown.join('\n'))
    .split('…')
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('[^]*?');
  return new RegExp(`^${pattern}$`).test(normal(output));
}

function normal(text: string): string {
  return text
    .trim()
    .replaceAll(/\bswarm-[a-z2-7]{26}\b/g, 'swarm-RUN')
    .replaceAll(/\b([a-z][a-z-]*)-[a-z2-7]{10}(-\d+-\d+)?\b/g, '$1-NAME')
    .replaceAll(/\b\d+(\.\d+)?(?=( ?s|m)?\b)/g, '0')
    .replaceAll(/[ \t]+/g, ' ')
    .replaceAll(/ *\n */g, '\n');
}
