import { z } from 'zod';
import { declareTool } from '../../tool.ts';
import { bucketAccess } from '../minio-access.ts';
import { bucket, key } from '../minio-argument.ts';

export const profileDataset = declareTool({
  name: 'profile_dataset',
  description: 'Profile a data set (CSV, TSV, JSONL, Parquet): rows, columns, types, missing values and statistics.',
  effect: 'pure',
  input: z.strictObject({ bucket, key }),
  output: z.object({
    format: z.string(),
    rows: z.int(),
    columns: z.array(
      z.object({
        name: z.string(),
        type: z.string(),
        nulls: z.int(),
        distinct: z.int(),
        min: z.string().optional(),
        max: z.string().optional(),
        mean: z.number().optional(),
        quantiles: z.array(z.number()).optional(),
        topValues: z.array(z.object({ value: z.string(), count: z.int() })).optional(),
      }),
    ),
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
});
