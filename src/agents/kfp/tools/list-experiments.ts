import { z } from 'zod';
import type { KfpSource } from '../../../backends/kfp/kfp-client.ts';
import type { KfpExperiment } from '../../../backends/kfp/kfp-objects.ts';
import { limit, nameContains, namespace, pageToken } from '../../argument.ts';
import { refuseOtherNamespace } from '../../own-namespace.ts';
import { pageOf } from '../../page.ts';
import { defineTool } from '../../tool.ts';
import { kfpAccess } from '../kfp-access.ts';
import { counted, experimentSummary, experimentSummaryOf, listed, nextPage } from '../kfp-data.ts';

export const listExperiments = (kfp: KfpSource) =>
  defineTool({
    name: 'list_experiments',
    description: 'List the experiments that group Kubeflow runs.',
    effect: 'pure',
    input: z.strictObject({ nameContains, namespace, limit, pageToken }),
    output: z.object({ experiments: z.array(experimentSummary), ...nextPage }),
    access: kfpAccess('list', 'experiments'),
    examples: [
      'What experiments do we have?',
      'list experiments',
      'show all experiments in team-b',
      'which experiment groups exist for the churn work?',
    ],
    display: 'table',

    execute: async (input, context) => {
      const refused = refuseOtherNamespace(input.namespace, context);
      if (refused) return refused;
      const client = await kfp.client(context);
      const { items } = await client.listExperiments({ nameContains: input.nameContains }, context);
      const page = pageOf(items, input);
      if (!page.ok) return page.failure;
      const { items: shown, ...count } = page.value;
      return {
        kind: 'ok',
        summary: summaryOf(shown, count.total),
        data: { experiments: shown.map(experimentSummaryOf), ...count },
      };
    },
  });

function summaryOf(shown: readonly KfpExperiment[], total: number): string {
  if (total === 0) return 'No experiment fits.';
  const names = listed(
    shown.map(({ name }) => name),
    15,
  );
  return `${counted(total, 'experiment')}: ${names}${total > shown.length ? ', …' : ''}.`;
}
