import { z } from 'zod';
import { declareTool } from '../../tool.ts';
import { bucketAccess } from '../minio-access.ts';
import { bucket, key } from '../minio-argument.ts';

export const queryDataset = declareTool({
  name: 'query_dataset',
  description: 'Answer a question about the rows of a data set with one SQL SELECT over the relation data.',
  effect: 'pure',
  input: z.strictObject({
    bucket,
    key,
    sql: z.string().min(8).max(4096).describe('One SELECT; the data set is the relation data.'),
  }),
  output: z.object({ columns: z.array(z.string()), rows: z.array(z.array(z.string().nullable())), cut: z.boolean() }),
  access: bucketAccess('get'),
  examples: [
    'SELECT country, count(*) FROM data GROUP BY country on customers.parquet',
    'run this SQL over daily.csv: select avg(price) from data',
    'query orders.csv: what is the total per month?',
    'use sql to count the rows where label is null',
  ],
  display: 'table',
});
