import { z } from 'zod';
import { runQuestion } from '../../argument.ts';
import { declareTool } from '../../tool.ts';
import { kfpAccess } from '../kfp-access.ts';

export const visualizeRun = declareTool({
  name: 'visualize_run',
  description:
    'Draw a chart of what a Kubeflow run reported: confusion matrix, ROC curve, metrics or feature importance.',
  effect: 'pure',
  input: z.strictObject({
    ...runQuestion,
    kind: z
      .enum(['confusion_matrix', 'roc', 'metrics', 'feature_importance'])
      .default('metrics')
      .describe('Which chart to draw.'),
  }),
  output: z.object({ specification: z.record(z.string(), z.unknown()) }),
  access: kfpAccess('readArtifact', 'runs'),
  examples: [
    'Show the confusion matrix of churn-0412',
    'plot the ROC curve for exp-12',
    'draw the metrics of the last fraud-train run',
    'which features mattered most in run nightly-7, as a chart?',
    'visualise how well the classifier separates the classes',
  ],
  display: 'vega-lite',
});
