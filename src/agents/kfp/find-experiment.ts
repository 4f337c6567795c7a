import type { KfpClient } from '../../backends/kfp/kfp-client.ts';
import type { KfpExperiment } from '../../backends/kfp/kfp-objects.ts';
import { found, missed, type Found } from '../found.ts';
import { didYouMean } from '../nearest-names.ts';
import type { ToolContext } from '../tool.ts';
import { overview } from './find-pipeline.ts';

/** The experiment of this name or id, else the nearest names. */
export async function findExperiment(
  client: KfpClient,
  reference: string,
  context: ToolContext,
): Promise<Found<KfpExperiment>> {
  const experiment = await client.findExperiment(reference, context);
  if (experiment) return found(experiment);
  const names = (await client.listExperiments({}, context)).items.map(({ name }) => name);
  const nearest = didYouMean(reference, names) ?? overview(names, 'There is none at all.');
  return missed('NotFound', `There is no experiment ${reference}.`, `${nearest} create_experiment makes a new one.`);
}
