import { z } from 'zod';
import type { TektonClient } from '../../../backends/tekton/tekton-client.ts';
import { limit, nameContains, namespace, pageToken } from '../../argument.ts';
import { pageOf } from '../../page.ts';
import { defineTool } from '../../tool.ts';
import { refuseOtherNamespace } from '../../own-namespace.ts';
import { tektonAccess } from '../tekton-access.ts';

export const listPipelines = (tekton: TektonClient) =>
  defineTool({
    name: 'list_pipelines',
    description: 'List the Tekton pipelines of the namespace, for builds, tests, releases, deployments and training.',
    effect: 'pure',
    input: z.strictObject({ nameContains, namespace, limit, pageToken }),
    output: z.object({
      pipelines: z.array(
        z.object({
          name: z.string(),
          description: z.string().optional(),
          parameters: z.array(z.string()),
          tasks: z.array(z.string()),
          createdAt: z.string(),
        }),
      ),
      total: z.int(),
      nextPageToken: z.string().optional(),
    }),
    access: [tektonAccess('list', 'pipelines')],
    examples: [
      'Which Tekton pipelines are there?',
      'list the build pipelines',
      'what can I deploy with Tekton?',
      'show the CI pipelines in namespace ci',
      'kubectl get pipelines',
    ],
    display: 'table',
    execute: async (input, context) => {
      const refused = refuseOtherNamespace(input.namespace, context);
      if (refused) return refused;
      const part = input.nameContains?.toLowerCase() ?? '';
      const pipelines = await tekton.listPipelines(context);
      const page = pageOf(
        pipelines.filter(({ name }) => name.toLowerCase().includes(part)),
        input,
      );
      if (!page.ok) return page.failure;
      const { items, ...count } = page.value;
      return {
        kind: 'ok',
        summary: summaryOf(items, count.total),
        data: {
          pipelines: items.map(({ name, description, parameters, tasks, createdAt }) => ({
            name,
            ...(description !== undefined && { description: description.slice(0, 200) }),
            parameters: parameters.map((parameter) => parameter.name),
            tasks: tasks.map((task) => task.name),
            createdAt,
          })),
          ...count,
        },
      };
    },
  });

function summaryOf(shown: readonly { name: string }[], total: number): string {
  if (total === 0) return 'There is no such Tekton pipeline in this namespace.';
  const names = shown.map(({ name }) => name).join(', ');
  const noun = total === 1 ? 'is 1 Tekton pipeline' : `are ${total} Tekton pipelines`;
  return `There ${noun}${shown.length < total ? `, ${shown.length} of them` : ''}: ${names}.`;
}
