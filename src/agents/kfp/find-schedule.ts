import type { KfpClient } from '../../backends/kfp/kfp-client.ts';
import type { KfpSchedule } from '../../backends/kfp/kfp-objects.ts';
import { found, missed, type Found } from '../found.ts';
import { didYouMean } from '../nearest-names.ts';
import type { ToolContext } from '../tool.ts';
import { overview } from './find-pipeline.ts';

/** The schedule of this name or id; names of schedules are not unique, so several may fit. */
export async function findSchedule(
  client: KfpClient,
  reference: string,
  context: ToolContext,
): Promise<Found<KfpSchedule>> {
  const { items } = await client.listSchedules({}, context);
  const fitting = items.filter(({ id, name }) => id === reference || name === reference);
  const [only, ...others] = fitting;
  if (only && others.length === 0) return found(only);
  if (only) return ambiguous(reference, fitting);
  const names = items.map(({ name }) => name);
  return missed(
    'NotFound',
    `There is no schedule ${reference}.`,
    didYouMean(reference, names) ?? overview(names, 'There is no schedule at all.'),
  );
}

function ambiguous(name: string, schedules: readonly KfpSchedule[]): Found<never> {
  const choices = schedules.slice(0, 5).map(({ id, pipeline, isEnabled }) => {
    const what = pipeline?.pipelineName === undefined ? '' : `of ${pipeline.pipelineName}, `;
    return `${id} (${what}${isEnabled ? 'active' : 'paused'})`;
  });
  return missed(
    'AmbiguousName',
    `${schedules.length} schedules are called ${name}: ${choices.join('; ')}.`,
    'Ask which one is meant, then give its id.',
  );
}
