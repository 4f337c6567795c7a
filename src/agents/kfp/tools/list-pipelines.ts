import { z } from 'zod';
import type { KfpSource } from '../../../backends/kfp/kfp-client.ts';
import type { KfpPipeline } from '../../../backends/kfp/kfp-objects.ts';
import { limit, nameContains, namespace, pageToken } from '../../argument.ts';
import { refuseOtherNamespace } from '../../own-namespace.ts';
import { pageOf } from '../../page.ts';
import { defineTool } from '../../tool.ts';
import { kfpAccess } from '../kfp-access.ts';
import { counted, listed, nextPage, pipelineSummary, pipelineSummaryOf } from '../kfp-data.ts';

export const listPipelines = (kfp: KfpSource) =>
  defineTool({
    name: 'list_pipelines',
    description: 'List the Kubeflow pipelines that are registered, with description and newest version.',
    effect: 'pure',
    input: z.strictObject({ nameContains, namespace, limit, pageToken }),
    output: z.object({ pipelines: z.array(pipelineSummary), ...nextPage }),
    access: kfpAccess('list', 'pipelines'),
    examples: [
      'Which pipelines can I run?',
      'What training workflows do we have?',
      'list all pipelines in the staging namespace',
      'is there a pipeline with churn in its name?',
      'show me the catalogue of registered pipelines',
    ],
    display: 'table',

    execute: async (input, context) => {
      const refused = refuseOtherNamespace(input.namespace, context);
      if (refused) return refused;
      const client = await kfp.client(context);
      const { items } = await client.listPipelines({ nameContains: input.nameContains }, context);
      const page = pageOf(items, input);
      if (!page.ok) return page.failure;
      const { items: shown, ...count } = page.value;
      const newest = await Promise.all(
        shown.slice(0, describedPipelines).map(({ id }) => client.findVersion(id, undefined, context)),
      );
      return {
        kind: 'ok',
        summary: summaryOf(shown, count.total, input.nameContains),
        data: {
          pipelines: shown.map((pipeline, index) => pipelineSummaryOf(pipeline, newest[index])),
          ...count,
        },
      };
    },
  });

/** Each of them takes a request. */
const describedPipelines = 20;

function summaryOf(shown: readonly KfpPipeline[], total: number, part: string | undefined): string {
  if (total === 0) {
    return part === undefined ? 'No Kubeflow pipeline is registered.' : `No Kubeflow pipeline has ${part} in its name.`;
  }
  const names = listed(
    shown.map(({ name }) => name),
    15,
  );
  return `${counted(total, 'Kubeflow pipeline')}: ${names}${total > shown.length ? ', …' : ''}.`;
}
