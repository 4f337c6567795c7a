import { z } from 'zod';
import type { KfpSource } from '../../../backends/kfp/kfp-client.ts';
import type { KfpVersion } from '../../../backends/kfp/kfp-objects.ts';
import { existing, limit, pageToken } from '../../argument.ts';
import { pageOf } from '../../page.ts';
import { defineTool } from '../../tool.ts';
import { findPipeline } from '../find-pipeline.ts';
import { kfpAccess } from '../kfp-access.ts';
import { counted, listed, nextPage, present } from '../kfp-data.ts';

const versionSummary = z.object({ name: z.string(), id: z.string(), createdAt: z.string().optional() });

export const listPipelineVersions = (kfp: KfpSource) =>
  defineTool({
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

    execute: async (input, context) => {
      const client = await kfp.client(context);
      const pipeline = await findPipeline(client, input.pipeline, context);
      if (!pipeline.ok) return pipeline.failure;
      const { items } = await client.listVersions(pipeline.value.id, context);
      const page = pageOf(items, input);
      if (!page.ok) return page.failure;
      const { items: shown, ...count } = page.value;
      return {
        kind: 'ok',
        summary: summaryOf(pipeline.value.name, items),
        data: { versions: shown.map(versionSummaryOf), ...count },
      };
    },
  });

function versionSummaryOf({ name, id, createdAt }: KfpVersion): z.output<typeof versionSummary> {
  return { name, id, ...present('createdAt', createdAt) };
}

function summaryOf(pipeline: string, versions: readonly KfpVersion[]): string {
  const [newest] = versions;
  if (!newest) return `Pipeline ${pipeline} has no version.`;
  const names = listed(
    versions.map(({ name }) => name),
    10,
  );
  const since = newest.createdAt === undefined ? '' : `, uploaded ${newest.createdAt}`;
  return `Pipeline ${pipeline} has ${counted(versions.length, 'version')}, newest first: ${names}; the newest is ${newest.name}${since}.`;
}
