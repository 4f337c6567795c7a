import type { KfpClient } from '../../backends/kfp/kfp-client.ts';
import type { JsonValue, KfpRun } from '../../backends/kfp/kfp-objects.ts';
import type { ToolContext } from '../tool.ts';

/** A run stores the values it was given only; its version tells the defaults of the others, unless it was deleted. */
export async function effectiveParameters(
  client: KfpClient,
  { pipeline, parameters }: KfpRun,
  context: ToolContext,
): Promise<Readonly<Record<string, JsonValue>>> {
  if (pipeline?.pipelineName === undefined || pipeline.versionId === undefined) return parameters;
  const version = await client.findVersion(pipeline.pipelineId, pipeline.versionId, context);
  const declared = version?.spec?.parameters ?? [];
  const defaults = declared.flatMap(({ name, default: value }) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return { ...Object.fromEntries(defaults), ...parameters };
}
