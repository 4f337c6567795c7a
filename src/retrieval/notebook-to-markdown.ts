import { z } from 'zod';
import { TerminalError } from '../base/errors.ts';

/** nbformat 4: a source is text, or its lines. */
const source = z
  .union([z.string(), z.array(z.string())])
  .transform((text) => (typeof text === 'string' ? text : text.join('')));
const notebook = z.object({
  cells: z.array(z.object({ cell_type: z.string(), source })),
  metadata: z.object({ language_info: z.object({ name: z.string().regex(/^[\w+-]{1,32}$/) }).optional() }).optional(),
});

/** Markdown cells as they are, code cells as fenced code. Outputs are left out: they are data, not documentation. */
export function notebookToMarkdown(content: string): string {
  const { cells, metadata } = notebookOf(content);
  const language = metadata?.language_info?.name ?? 'python';
  return cells
    .filter(({ cell_type, source: text }) => text.trim() !== '' && cell_type !== 'raw')
    .map(({ cell_type, source: text }) => (cell_type === 'code' ? fenced(text, language) : text))
    .join('\n\n');
}

function notebookOf(content: string): z.output<typeof notebook> {
  try {
    return notebook.parse(JSON.parse(content));
  } catch (cause) {
    const remedy = 'Save it again with a current Jupyter, or leave it out of the source.';
    throw new TerminalError('InvalidNotebook', `The notebook is not in nbformat 4. ${remedy}`, { cause });
  }
}

function fenced(text: string, language: string): string {
  const fence = text.includes('```') ? '~~~~' : '```';
  return `${fence}${language}\n${text.trimEnd()}\n${fence}`;
}
