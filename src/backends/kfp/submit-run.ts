import { z } from 'zod';
import { nameProblem } from './bounds.ts';
import { markedDescription, markOf, runIdOf, tokenOf } from './effect-mark.ts';
import { type KfpApi, pathOf } from './kfp-api.ts';
import type { CallOptions, NewKfpRun, Submitted } from './kfp-client.ts';
import type { KfpRun } from './kfp-objects.ts';
import { KfpRefusedError } from './kfp-refused-error.ts';
import { isEnd, runOf } from './run-state.ts';
import { submitOnce, type SubmitParts } from './submit-once.ts';
import { run as runSchema, type WireRun } from './wire.ts';
import type { WorkflowReader } from './workflow-reader.ts';

export interface SubmitRunParts extends SubmitParts {
  readonly api: KfpApi;
  readonly workflows: WorkflowReader;
}

/**
 * Starts a run at most once for each decision. KFP honours an id that the client chooses, but a second request with the
 * same id makes a second execution before it fails: so the run is always looked for before it is asked for.
 */
export async function submitRun(
  parts: SubmitRunParts,
  request: NewKfpRun,
  options: CallOptions,
): Promise<Submitted<KfpRun>> {
  const problem = nameProblem('run', request.name);
  if (problem !== undefined) throw new KfpRefusedError('InvalidArgument', problem);
  const { api, workflows } = parts;
  const id = runIdOf(request.effectKey);
  const desk = {
    key: id,
    what: 'run',
    find: async (isNew: boolean) =>
      (await api.find(runSchema, pathOf('runs', id), options)) ??
      (isNew ? undefined : await findByToken(api, request, options)),
    trace: async () => {
      const listing = await workflows.list(id, options);
      if (listing.kind === 'unreadable') return 'unknown' as const;
      return listing.workflows.length === 0 ? ('none' as const) : ('some' as const);
    },
    discard: async () => {
      const listing = await workflows.list(id, options);
      const left = listing.kind === 'read' ? listing.workflows : [];
      const deleted = await Promise.all(left.map((workflow) => workflows.delete(workflow, options)));
      return deleted.every(Boolean);
    },
    send: () => api.change(runSchema, { method: 'POST', path: '/runs', json: bodyOf(id, request) }, options),
  };
  const submitted = await submitOnce<WireRun>(desk, request, { parts, options });
  return submitted.kind === 'conflict' ? submitted : { kind: submitted.kind, value: runOf(submitted.value, api.uiUrl) };
}

function bodyOf(id: string, request: NewKfpRun): object {
  return {
    run_id: id,
    display_name: request.name,
    description: markedDescription(request.description, request),
    ...(request.experimentId !== undefined && { experiment_id: request.experimentId }),
    pipeline_version_reference: { pipeline_id: request.pipelineId, pipeline_version_id: request.versionId },
    runtime_config: { parameters: request.parameters },
  };
}

/**
 * Where a server chooses ids itself, our run is found by the token in its description. More than one: the oldest is
 * kept, the others are stopped.
 */
async function findByToken(api: KfpApi, request: NewKfpRun, options: CallOptions): Promise<WireRun | undefined> {
  const { experimentId, effectKey } = request;
  const query = experimentId === undefined ? await api.ownNamespace(options) : { experiment_id: experimentId };
  const filter = [{ key: 'description', operation: 'IS_SUBSTRING', string_value: tokenOf(effectKey) } as const];
  const listing = { path: '/runs', query, filter, sortBy: 'created_at' };
  const { items } = await api.all('runs', listing, options);
  const [oldest, ...others] = items.filter((item) => markOf(item.description)?.effectKey === effectKey);
  for (const other of others.filter((item) => !isEnd(runOf(item).state))) {
    await terminate(api, other.run_id, options);
  }
  return oldest;
}

/** One that has ended, or is being stopped, is fine: KFP calls that a row that is not found. */
export async function terminate(api: KfpApi, runId: string, options: CallOptions): Promise<'stopped' | 'notRunning'> {
  try {
    await api.change(z.unknown(), { method: 'POST', path: `${pathOf('runs', runId)}:terminate` }, options);
    return 'stopped';
  } catch (error) {
    const isEnded =
      error instanceof KfpRefusedError && error.code === 'InvalidArgument' && error.message.includes('Row not found');
    if (isEnded) return 'notRunning';
    throw error;
  }
}
