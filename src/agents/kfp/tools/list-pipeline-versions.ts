import { z } from 'zod';
import { existing, limit, pageToken } from '../../argument.ts';
import { declareTool } from '../../tool.ts';
import { kfpAccess } from '../kfp-access.ts';
import { nextPage, versionSummary } from '../kfp-data.ts';

export const listPipelineVersions = declareTool({
  name: 'list_pipeline_versions',
  description: 'List the versions of one Kubeflow pipeline, newest first.',
  effect: 'pure',
  input: z.strictObject({ pipeline: existing('pipeline', 'Pipeline whose versions are wanted.'), limit, pageToken }),
  output: z.object({ versions: z.array(versionSummary), ...nextPage }),
  access: kfpAccess('list', 'pipelines'),
  examples: [
    'Which versions of the churn pipeline exist?',
    'version history of fraud-train',
    'what is the latest version of image-classifier and when was it uploaded?',
    'how many revisions has this pipeline had?',
  ],
  display: 'table',
});
