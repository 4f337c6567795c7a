import { z } from 'zod';
import { defineTool } from '../../tool.ts';
import { withDataFile, type DataDependencies } from '../data/data-file.ts';
import { counted, figure } from '../data/figures.ts';
import { profileOf, type ColumnProfile, type DatasetProfile } from '../data/profile.ts';
import { rejectedNote } from '../data/rejected-note.ts';
import { bucketAccess } from '../minio-access.ts';
import { bucket, key } from '../minio-argument.ts';

export const profileDataset = (dependencies: DataDependencies) =>
  defineTool({
    name: 'profile_dataset',
    description: 'Profile a data set (CSV, TSV, JSONL, Parquet): rows, columns, types, missing values and statistics.',
    effect: 'pure',
    input: z.strictObject({ bucket, key }),
    output: z.object({
      format: z.string(),
      rows: z.int(),
      totalColumns: z.int(),
      rejectedLines: z.int(),
      columns: z
        .array(
          z.object({
            name: z.string(),
            type: z.string(),
            nulls: z.int(),
            distinct: z.int(),
            approximate: z.boolean(),
            min: z.string().optional(),
            max: z.string().optional(),
            mean: z.number().optional(),
            quantiles: z.array(z.number()).readonly().optional(),
            topValues: z
              .array(z.object({ value: z.string(), count: z.int() }))
              .readonly()
              .optional(),
            histogram: z
              .array(z.object({ from: z.number(), to: z.number(), count: z.int() }))
              .readonly()
              .optional(),
          }),
        )
        .readonly(),
    }),
    access: bucketAccess('get'),
    examples: [
      'How many rows and columns does labels.csv have?',
      'profile exports/customers.parquet',
      'are there missing values in the training data?',
      'give me summary statistics for daily.csv',
      'what columns are in this data set and of what type?',
      'describe the distribution of the features file',
    ],
    display: 'table',
    execute: (object, context) =>
      withDataFile(dependencies, { object, context }, async (dataset) => {
        const profile = await profileOf(dataset);
        const { format, rows, totalColumns, columns, rejected } = profile;
        return {
          kind: 'ok',
          summary: summaryOf(object.key, profile),
          data: { format, rows, totalColumns, rejectedLines: rejected.count, columns },
          untrusted: true,
        };
      }),
  });

function summaryOf(name: string, profile: DatasetProfile): string {
  const { format, rows, totalColumns, columns, rejected } = profile;
  return [
    `${name} (${format}) has ${counted(rows, 'row')} and ${counted(totalColumns, 'column')}: ${columnList(profile)}.`,
    missingValues(columns, rows),
    ...averages(columns),
    ...rejectedNote(rejected),
  ].join(' ');
}

function columnList({ columns, totalColumns }: DatasetProfile): string {
  const named = columns.slice(0, 12).map(({ name, type }) => `${name} ${type}`);
  const more = totalColumns - named.length;
  return `${named.join(', ')}${more > 0 ? ` and ${counted(more, 'other')}` : ''}`;
}

function missingValues(columns: readonly ColumnProfile[], rows: number): string {
  const missing = columns.filter(({ nulls }) => nulls > 0).sort((left, right) => right.nulls - left.nulls);
  if (missing.length === 0) return 'No values are missing.';
  const named = missing.slice(0, 5).map(({ name, nulls }) => `${name} ${figure(nulls)} (${percent(nulls / rows)})`);
  const more = missing.length - named.length;
  return `Missing values: ${named.join(', ')}${more > 0 ? ` and ${counted(more, 'other column')}` : ''}.`;
}

function percent(share: number): string {
  const rounded = share * 100 >= 10 ? Math.round(share * 100) : Number((share * 100).toPrecision(2));
  return `${rounded} %`;
}

function averages(columns: readonly ColumnProfile[]): readonly string[] {
  const numbers = columns.flatMap(({ name, mean, min, max }) =>
    mean === undefined || min === undefined || max === undefined
      ? []
      : [`${name} ${figure(mean)} (${figure(Number(min))} to ${figure(Number(max))})`],
  );
  return numbers.length === 0 ? [] : [`Means: ${numbers.slice(0, 5).join(', ')}.`];
}
