import { z } from 'zod';
import { terminalPlot } from '../plot/terminal-plot.ts';
import { compareTable } from './compare-table.ts';
import { figure } from './figure.ts';
import type { Layout } from './look.ts';
import { renderMarkdown } from './markdown.ts';
import { renderRunTree } from './run-tree.ts';
import { runViewOfGetRun } from './run-view-of-get-run.ts';
import { safeLine, safeText } from './safe-text.ts';
import { styled } from './style.ts';
import { renderTable } from './table.ts';
import { wrapped } from './width.ts';

const envelope = z.object({ summary: z.string(), data: z.unknown(), cut: z.string().optional() });

/**
 * What a tool returned, for people. The shape of the data decides, not the name of the tool: chart, comparison, tree or
 * table; otherwise its fields line by line.
 * @param result JSON of `{summary, data, cut?}` as in the journal
 */
export function resultText(result: string, { layout, now }: { readonly layout: Layout; readonly now: Date }): string {
  const parsed = envelope.safeParse(parsedJson(result));
  if (!parsed.success) return linesOf(safeText(result), layout);
  const { summary, data, cut } = parsed.data;
  const drawn = drawing(data, { layout, now });
  // Rows of which some are missing must not pass for all of them.
  const note =
    cut === undefined
      ? ''
      : linesOf(styled(layout.look, 'attention', `Not all of it is here: ${safeLine(cut)}.`), layout);
  return `${renderMarkdown(summary, layout)}${drawn === '' ? '' : `\n${drawn}`}${note}`;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function drawing(data: unknown, { layout, now }: { readonly layout: Layout; readonly now: Date }): string {
  const run = runViewOfGetRun(data);
  if (run) return renderRunTree(run, { layout, now });
  return chartText(data, layout) ?? compareTable(data, layout) ?? queryTable(data, layout) ?? fields(data, layout);
}

function chartText(data: unknown, layout: Layout): string | undefined {
  return isMap(data) && 'specification' in data ? terminalPlot(data['specification'], layout) : undefined;
}

const query = z.object({ columns: z.array(z.string()), rows: z.array(z.array(z.string().nullable())) });

function queryTable(data: unknown, layout: Layout): string | undefined {
  const parsed = query.safeParse(data);
  if (!parsed.success) return undefined;
  const { columns, rows } = parsed.data;
  const cells = rows.map((row) => row.map((cell) => cell ?? 'NULL'));
  return renderTable({ columns: columns.map((title) => ({ title })), rows: cells }, layout);
}

/** Plain fields first, then each list of things as a table under its name. */
function fields(data: unknown, layout: Layout): string {
  if (Array.isArray(data)) return tableOf(data, layout);
  if (!isMap(data)) return data === null || data === undefined ? '' : linesOf(cellText(data), layout);
  const entries = Object.entries(data);
  const lists = entries.filter(([, value]) => Array.isArray(value) && value.length > 0 && value.every(isMap));
  const plain = entries.filter((entry) => !lists.includes(entry));
  const lines = plain.map(([name, value]) => linesOf(`${safeLine(name)}: ${cellText(value)}`, layout));
  const tables = lists.map(([name, value]) => {
    const title = lists.length + plain.length > 1 ? `${styled(layout.look, 'strong', safeLine(name))}\n` : '';
    return title + tableOf(value as readonly unknown[], layout);
  });
  return [...(lines.length > 0 ? [lines.join('')] : []), ...tables].join('\n');
}

function tableOf(entries: readonly unknown[], layout: Layout): string {
  if (!entries.every(isMap)) return entries.map((entry) => linesOf(`- ${cellText(entry)}`, layout)).join('');
  const names = [...new Set(entries.flatMap((entry) => Object.keys(entry)))];
  const columns = names.map((name) => ({ title: words(name).toUpperCase() }));
  return renderTable({ columns, rows: entries.map((entry) => names.map((name) => cellText(entry[name]))) }, layout);
}

/** `sizeBytes` is `size bytes`. */
function words(name: string): string {
  return name.replaceAll(/([a-z])([A-Z])/g, '$1 $2');
}

function cellText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number') return figure(value);
  if (typeof value === 'string') return safeLine(value);
  if (Array.isArray(value) && value.every((entry) => typeof entry === 'string')) return safeLine(value.join(', '));
  return safeLine(JSON.stringify(value));
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function linesOf(text: string, { columns }: Layout): string {
  return wrapped(text, columns)
    .map((line) => `${line}\n`)
    .join('');
}
