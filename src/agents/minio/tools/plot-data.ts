import { z } from 'zod';
import { defineTool } from '../../tool.ts';
import { aggregates, chartKinds } from '../data/chart/chart.ts';
import { chartData } from '../data/chart/chart-data.ts';
import { chooseChart } from '../data/chart/choose-chart.ts';
import { fitChart } from '../data/chart/fit-chart.ts';
import { withDataFile, type DataDependencies } from '../data/data-file.ts';
import { counted, figure } from '../data/figures.ts';
import { failure } from '../../found.ts';
import { bucketAccess } from '../minio-access.ts';
import { bucket, key } from '../minio-argument.ts';

export const plotData = (dependencies: DataDependencies) =>
  defineTool({
    name: 'plot_data',
    description: 'Draw a chart from the columns of a data set in the object store.',
    effect: 'pure',
    input: z.strictObject({
      bucket,
      key,
      x: z.string().min(1).max(128).optional().describe('Column on the horizontal axis.'),
      y: z.string().min(1).max(128).optional().describe('Column on the vertical axis.'),
      kind: z.enum(chartKinds).optional().describe('Sort of chart; chosen by the columns when left out.'),
      color: z.string().min(1).max(128).optional().describe('Column that colours the marks.'),
      aggregate: z.enum(aggregates).optional().describe('How several values at the same place are combined.'),
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
    execute: ({ bucket: place, key: name, ...wish }, context) =>
      withDataFile(dependencies, { object: { bucket: place, key: name }, context }, async (dataset) => {
        const chart = chooseChart(dataset.columns, wish);
        if (!chart.ok) return { ...chart.failure, untrusted: true };
        const data = await chartData(dataset, chart.value);
        if (data.points.length === 0) {
          const empty = failure('NoData', `${name} has no rows with values to draw.`, 'Choose other columns.');
          return { ...empty, untrusted: true };
        }
        const { specification, title, points } = fitChart(chart.value, data);
        const { total = data.points.length } = data;
        const shown = points < total ? `${figure(points)} of ${counted(total, 'point')}` : counted(points, 'point');
        return {
          kind: 'ok',
          summary: [`${title}, ${shown}, from ${name}.`, ...data.notes].join(' '),
          data: { specification, points },
          untrusted: true,
        };
      }),
  });
