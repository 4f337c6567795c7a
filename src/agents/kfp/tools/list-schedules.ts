import { z } from 'zod';
import type { KfpClient, KfpSource } from '../../../backends/kfp/kfp-client.ts';
import type { KfpSchedule } from '../../../backends/kfp/kfp-objects.ts';
import { existing, limit, pageToken } from '../../argument.ts';
import { type Found, found } from '../../found.ts';
import { pageOf } from '../../page.ts';
import { defineTool, type ToolContext } from '../../tool.ts';
import { findPipeline } from '../find-pipeline.ts';
import { kfpAccess } from '../kfp-access.ts';
import { counted, listed, nextPage } from '../kfp-data.ts';
import { scheduleSummary, type ScheduleSummary, scheduleSummaryOf, timesInWords } from '../schedule-data.ts';

export const listSchedules = (kfp: KfpSource) =>
  defineTool({
    name: 'list_schedules',
    description: 'List the schedules (recurring runs) of Kubeflow pipelines with their times and whether they are on.',
    effect: 'pure',
    input: z.strictObject({
      pipeline: existing('pipeline', 'Only schedules of this pipeline.').optional(),
      enabled: z.boolean().optional().describe('True for active ones only, false for paused ones only.'),
      limit,
      pageToken,
    }),
    output: z.object({ schedules: z.array(scheduleSummary), ...nextPage }),
    access: kfpAccess('list', 'jobs'),
    examples: [
      'What is scheduled?',
      'which recurring runs are active?',
      'list paused schedules',
      'when does fraud-train run next?',
      'show the cron jobs of the scoring pipeline',
    ],
    display: 'table',

    execute: async (input, context) => {
      const client = await kfp.client(context);
      const selected = await select(client, input, context);
      if (!selected.ok) return selected.failure;
      // Names of schedules are not unique, so pages go by id.
      const page = pageOf(
        selected.value.map((schedule) => ({ name: schedule.id, schedule })),
        input,
      );
      if (!page.ok) return page.failure;
      const { items, ...count } = page.value;
      const now = context.clock.now();
      const schedules = items.map(({ schedule }) => scheduleSummaryOf(schedule, now));
      return { kind: 'ok', summary: summaryOf(schedules, count.total), data: { schedules, ...count } };
    },
  });

interface Filter {
  readonly pipeline?: string | undefined;
  readonly enabled?: boolean | undefined;
}

async function select(
  client: KfpClient,
  { pipeline: reference, enabled }: Filter,
  context: ToolContext,
): Promise<Found<readonly KfpSchedule[]>> {
  const pipeline = reference === undefined ? undefined : await findPipeline(client, reference, context);
  if (pipeline?.ok === false) return pipeline;
  const { items } = await client.listSchedules({}, context);
  return found(
    items.filter(
      (schedule) =>
        (pipeline === undefined || schedule.pipeline?.pipelineId === pipeline.value.id) &&
        (enabled === undefined || schedule.isEnabled === enabled),
    ),
  );
}

function summaryOf(shown: readonly ScheduleSummary[], total: number): string {
  if (total === 0) return 'No schedule fits.';
  const parts = shown.map(({ name, pipeline, cron, enabled, nextTimes: [next] }) => {
    const then = next === undefined ? '' : `, next at ${timesInWords([new Date(next)])}`;
    return `${name} runs ${pipeline} (${cron})${enabled ? then : ', paused'}`;
  });
  return `${counted(total, 'schedule')}: ${listed(parts, 6)}.`;
}
