import { z } from 'zod';
import { existing } from '../../argument.ts';
import { declareTool } from '../../tool.ts';
import { kfpAccess } from '../kfp-access.ts';
import { pipelineSummary } from '../kfp-data.ts';

export const uploadPipeline = declareTool({
  name: 'upload_pipeline',
  description: 'Register a compiled pipeline file as a new Kubeflow pipeline or as a new version of an existing one.',
  effect: 'keyed',
  input: z.strictObject({
    pipeline: z.string().min(1).max(128).describe('Name of the pipeline, a new one or one that exists.'),
    version: z
      .string()
      .min(1)
      .max(128)
      .optional()
      .describe('Name of the new version, when the pipeline exists already.'),
    source: existing('object', 'Where the compiled YAML is, as bucket/key.').max(1280),
  }),
  output: z.object({ pipeline: pipelineSummary, version: z.string() }),
  access: kfpAccess('create', 'pipelines'),
  examples: [
    'Upload artifacts/pipelines/churn.yaml as a new pipeline called churn-v2',
    'register the compiled IR in bucket builds as a new version of fraud-train',
    'add version 1.4 to image-classifier from builds/classifier.yaml',
    'import this pipeline definition into Kubeflow',
  ],
  display: 'text',
});
