import { z } from 'zod';
import { unmarked } from './effect-mark.ts';
import type {
  KfpExperiment,
  KfpPipeline,
  KfpPipelineReference,
  KfpSchedule,
  KfpTrigger,
  KfpVersion,
} from './kfp-objects.ts';
import { parsePipelineSpec } from './parse-pipeline-spec.ts';
import type { ListItem } from './wire.ts';

export function pipelineOf(wire: ListItem<'pipelines'>): KfpPipeline {
  return {
    id: wire.pipeline_id,
    name: wire.name || wire.display_name,
    displayName: wire.display_name || wire.name,
    description: unmarked(wire.description),
    createdAt: wire.created_at,
    namespace: wire.namespace,
    tags: wire.tags,
  };
}

export function versionOf(wire: ListItem<'pipeline_versions'>, { withSpec }: { withSpec: boolean }): KfpVersion {
  return {
    id: wire.pipeline_version_id,
    pipelineId: wire.pipeline_id,
    name: wire.name || wire.display_name,
    displayName: wire.display_name || wire.name,
    description: unmarked(wire.description),
    createdAt: wire.created_at,
    ...(withSpec && { spec: parsePipelineSpec(wire.pipeline_spec) }),
  };
}

export function experimentOf(wire: ListItem<'experiments'>): KfpExperiment {
  return {
    id: wire.experiment_id,
    name: wire.display_name,
    description: unmarked(wire.description),
    createdAt: wire.created_at,
    lastRunCreatedAt: wire.last_run_created_at,
    namespace: wire.namespace,
    isArchived: wire.storage_state === 'ARCHIVED',
  };
}

export function scheduleOf(wire: ListItem<'recurringRuns'>): KfpSchedule {
  return {
    id: wire.recurring_run_id,
    name: wire.display_name,
    description: unmarked(wire.description),
    isEnabled: wire.status === '' ? wire.mode === 'ENABLE' : wire.status === 'ENABLED',
    trigger: triggerOf(wire.trigger),
    pipeline: referenceOf(wire.pipeline_version_reference),
    experimentId: wire.experiment_id || undefined,
    parameters: wire.runtime_config.parameters,
    maxConcurrency: wire.max_concurrency,
    catchup: !wire.no_catchup,
    createdAt: wire.created_at,
    rawStatus: wire.status,
  };
}

export function referenceOf(
  wire: { readonly pipeline_id: string; readonly pipeline_version_id: string } | undefined,
): KfpPipelineReference | undefined {
  if (!wire || wire.pipeline_id === '') return undefined;
  return { pipelineId: wire.pipeline_id, versionId: wire.pipeline_version_id || undefined };
}

function triggerOf({
  cron_schedule: cron,
  periodic_schedule: periodic,
}: ListItem<'recurringRuns'>['trigger']): KfpTrigger {
  if (cron && cron.cron !== '') return { kind: 'cron', cron: cron.cron, ...span(cron) };
  if (periodic && periodic.interval_second > 0) {
    return { kind: 'interval', seconds: periodic.interval_second, ...span(periodic) };
  }
  return { kind: 'none' };
}

function span({ start_time, end_time }: { start_time: string | undefined; end_time: string | undefined }) {
  return {
    ...(start_time !== undefined && { startTime: start_time }),
    ...(end_time !== undefined && { endTime: end_time }),
  };
}

/** Name in a specification that stands in a run itself. */
export function inlineNameOf(spec: unknown): string | undefined {
  const named = z.object({ pipelineInfo: z.object({ name: z.string() }) }).safeParse(spec);
  return named.success ? named.data.pipelineInfo.name : undefined;
}
