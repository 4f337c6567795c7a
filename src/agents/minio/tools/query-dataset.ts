import { z } from 'zod';
import type { Cell, DatasetTable } from '../../../backends/duckdb/dataset-engine.ts';
import { defineTool } from '../../tool.ts';
import { withDataFile, type DataDependencies } from '../data/data-file.ts';
import { counted } from '../data/figures.ts';
import { rejectedNote } from '../data/rejected-note.ts';
import { bucketAccess } from '../minio-access.ts';
import { bucket, key } from '../minio-argument.ts';

/** More is not read by anybody; an aggregate says it better. */
const maximumRows = 200;

export const queryDataset = (dependencies: DataDependencies) =>
  defineTool({
    name: 'query_dataset',
    description: 'Answer a question about the rows of a data set with one SQL SELECT over the relation data.',
    effect: 'pure',
    input: z.strictObject({
      bucket,
      key,
      sql: z.string().min(8).max(4096).describe('One SELECT; the data set is the relation data.'),
    }),
    output: z.object({
      columns: z.array(z.string()).readonly(),
      rows: z.array(z.array(z.string().nullable()).readonly()).readonly(),
      cut: z.boolean(),
    }),
    access: bucketAccess('get'),
    examples: [
      'SELECT country, count(*) FROM data GROUP BY country on customers.parquet',
      'run this SQL over daily.csv: select avg(price) from data',
      'query orders.csv: what is the total per month?',
      'use sql to count the rows where label is null',
    ],
    display: 'table',
    execute: ({ sql, ...object }, context) =>
      withDataFile(dependencies, { object, context }, async (dataset) => {
        const table = await dataset.select(sql, { maximumRows });
        const summary = [summaryOf(object.key, table), ...rejectedNote(await dataset.rejectedLines())].join(' ');
        const data = {
          columns: table.columns.map(({ name }) => name),
          rows: table.rows.map((row) => row.map(textOf)),
          cut: table.cut,
        };
        return { kind: 'ok', summary, data, untrusted: true };
      }),
  });

function summaryOf(name: string, { columns, rows, cut }: DatasetTable): string {
  if (rows.length === 0) return `No row of ${name} answers the query.`;
  const row = (values: readonly Cell[]) =>
    values.map((value, index) => `${columns[index]?.name ?? ''} = ${short(textOf(value))}`).join(', ');
  if (rows.length === 1) return `${name}: ${row(rows[0] ?? [])}.`;
  const first = rows.slice(0, 5).map(row).join('; ');
  const amount = `${cut ? 'The first ' : ''}${counted(rows.length, 'row')}`;
  return `${amount} of ${name}: ${first}${rows.length > 5 ? '; …' : ''}.`;
}

function short(text: string | null): string {
  if (text === null) return 'null';
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

function textOf(value: Cell): string | null {
  if (value === null) return null;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
