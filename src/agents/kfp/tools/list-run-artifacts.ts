import { z } from 'zod';
import type { KfpSource } from '../../../backends/kfp/kfp-client.ts';
import type { KfpArtifact, KfpRun } from '../../../backends/kfp/kfp-objects.ts';
import { runQuestion } from '../../argument.ts';
import { defineTool } from '../../tool.ts';
import { findRun } from '../find-run.ts';
import { kfpAccess } from '../kfp-access.ts';
import { counted, isGoing, listed } from '../kfp-data.ts';

export const listRunArtifacts = (kfp: KfpSource) =>
  defineTool({
    name: 'list_run_artifacts',
    description: 'List what a Kubeflow run produced: models, data sets and reports with type, address and size.',
    effect: 'pure',
    input: z.strictObject(runQuestion),
    output: z.object({
      run: z.string(),
      artifacts: z.array(
        z.object({
          name: z.string(),
          type: z.string(),
          uri: z.string(),
          sizeBytes: z.int().optional(),
          task: z.string(),
        }),
      ),
    }),
    access: kfpAccess('get', 'runs'),
    examples: [
      'What did run churn-0412 produce?',
      'where is the model of exp-12 stored?',
      'list the artifacts of the latest fraud-train run',
      'output files of nightly-7',
    ],
    display: 'table',

    execute: async (question, context) => {
      const client = await kfp.client(context);
      const found = await findRun(client, question, context);
      if (!found.ok) return found.failure;
      const artifacts = await client.listArtifacts(found.value.id, context);
      return {
        kind: 'ok',
        summary: summaryOf(found.value, artifacts),
        data: { run: found.value.name, artifacts: artifacts.slice(0, mostArtifacts).map(artifactOf) },
        // Names and addresses were chosen by the code of the run.
        untrusted: artifacts.length > 0,
      };
    },
  });

const mostArtifacts = 100;

function artifactOf({ name, type, uri, sizeBytes, task }: KfpArtifact) {
  return { name, type, uri, ...(sizeBytes !== undefined && { sizeBytes }), task };
}

function summaryOf(run: KfpRun, artifacts: readonly KfpArtifact[]): string {
  if (artifacts.length === 0) {
    return `Run ${run.name} ${isGoing(run) ? 'has not produced any artifact yet' : 'produced no artifacts'}.`;
  }
  const shown = artifacts.map(({ name, type, uri, task }) => `${name} (${type} of ${task}, ${uri})`);
  return `Run ${run.name} produced ${counted(artifacts.length, 'artifact')}: ${listed(shown, 5)}.`;
}
