import { z } from 'zod';
import { declareTool } from '../../tool.ts';
import { bucketAccess } from '../minio-access.ts';
import { bucket, key } from '../minio-argument.ts';

export const plotData = declareTool({
  name: 'plot_data',
  description: 'Draw a chart from the columns of a data set in the object store.',
  effect: 'pure',
  input: z.strictObject({
    bucket,
    key,
    x: z.string().min(1).max(128).optional().describe('Column on the horizontal axis.'),
    y: z.string().min(1).max(128).optional().describe('Column on the vertical axis.'),
    kind: z
      .enum(['line', 'bar', 'scatter', 'histogram', 'area', 'box', 'pie', 'heatmap'])
      .optional()
      .describe('Sort of chart; chosen by the columns when left out.'),
    color: z.string().min(1).max(128).optional().describe('Column that colours the marks.'),
    aggregate: z
      .enum(['count', 'sum', 'mean', 'median', 'min', 'max'])
      .optional()
      .describe('How several values at the same place are combined.'),
  }),
  output: z.object({ specification: z.record(z.string(), z.unknown()), points: z.int() }),
  access: bucketAccess('get'),
  examples: [
    'Plot price over time from daily.csv',
    'histogram of age in customers.parquet',
    'draw a scatter chart of height against weight from people.csv',
    'bar chart with the number of orders per country',
    'visualise column temperature of sensors.csv',
    'can I see that data as a line graph?',
  ],
  display: 'vega-lite',
});
