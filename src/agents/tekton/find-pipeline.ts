import type { TektonClient, TektonScope } from '../../backends/tekton/tekton-client.ts';
import type { TektonPipeline } from '../../backends/tekton/tekton-objects.ts';
import { found, missed, type Found } from '../found.ts';
import { didYouMean } from '../nearest-names.ts';

/** The pipeline of exactly this name, else the three nearest names. */
export async function findPipeline(
  tekton: TektonClient,
  name: string,
  scope: TektonScope,
): Promise<Found<TektonPipeline>> {
  const pipeline = await tekton.getPipeline(name, scope);
  if (pipeline) return found(pipeline);
  const names = (await tekton.listPipelines(scope)).map((entry) => entry.name);
  const message = `There is no Tekton pipeline ${name} in namespace ${scope.namespace}.`;
  return missed('NotFound', message, didYouMean(name, names) ?? hintOf(names));
}

function hintOf(names: readonly string[]): string {
  return names.length === 0
    ? 'The namespace has no Tekton pipeline at all.'
    : `There are: ${names.slice(0, 10).join(', ')}.`;
}
