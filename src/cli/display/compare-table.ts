import { z } from 'zod';
import { figure } from './figure.ts';
import type { Layout } from './look.ts';
import { safeLine } from './safe-text.ts';
import { styled } from './style.ts';
import { renderTable } from './table.ts';
import { fitted } from './width.ts';

const comparison = z.object({
  runs: z.array(z.string()).min(2),
  states: z.array(z.string()),
  parameters: z.array(z.object({ name: z.string(), values: z.array(z.string()), differs: z.boolean() })),
  metrics: z.array(z.object({ name: z.string(), values: z.array(z.number().nullable()), best: z.string().optional() })),
});
type Comparison = z.output<typeof comparison>;

/** What compare_runs returns, side by side, what differs first; undefined for other data. */
export function compareTable(data: unknown, layout: Layout): string | undefined {
  const parsed = comparison.safeParse(data);
  if (!parsed.success) return undefined;
  const { parameters, metrics } = parsed.data;
  const same = parameters.filter(({ differs }) => !differs).length;
  const parts = [
    renderTable(
      { columns: [{ title: '' }, ...parsed.data.runs.map((title) => ({ title }))], rows: rowsOf(parsed.data) },
      layout,
    ),
    same === 0
      ? ''
      : faintLine(`${same} ${same === 1 ? 'parameter is' : 'parameters are'} the same and not shown.`, layout),
    metrics.some(({ best }) => best !== undefined) ? faintLine('* best of its row', layout) : '',
  ];
  return parts.join('');
}

function rowsOf({ runs, states, parameters, metrics }: Comparison): readonly (readonly string[])[] {
  const different = parameters.filter(({ differs }) => differs);
  return [
    ['state', ...states],
    ...different.map(({ name, values }) => [name, ...values]),
    ...metrics.map(({ name, values, best }) => [
      name,
      ...values.map((value, index) => {
        if (value === null) return '-';
        return `${figure(value)}${best !== undefined && runs[index] === best ? ' *' : ''}`;
      }),
    ]),
  ];
}

function faintLine(text: string, { look, columns }: Layout): string {
  return `${styled(look, 'faint', fitted(safeLine(text), columns, look))}\n`;
}
