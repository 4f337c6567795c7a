import { runNameOf } from '../../backends/tekton/new-run.ts';
import type { TektonClient } from '../../backends/tekton/tekton-client.ts';
import type { NamedValue, TektonRun } from '../../backends/tekton/tekton-objects.ts';
import { RetryableError } from '../../base/errors.ts';
import { failure, type Found } from '../found.ts';
import { textsByName, withValues } from './tekton-data.ts';
import type { ToolContext, ToolFailure } from '../tool.ts';

/** What a run is made of, once it has been checked against the pipeline. */
export interface PlannedRun {
  readonly pipeline: string;
  readonly parameters: readonly NamedValue[];
  readonly workspaces?: readonly unknown[];
  readonly timeouts?: unknown;
}

/** For the person who decides: pipeline, name and parameters of the run there would be. */
export function inWords({ pipeline, parameters }: PlannedRun, { effectKey }: ToolContext): string {
  return `${pipeline} as ${runNameOf(effectKey)}${withValues(textsByName(parameters))}`;
}

/** Asks the API server to admit the run without keeping it. A name that is taken already is the act's business. */
export async function tryRun(tekton: TektonClient, run: PlannedRun, context: ToolContext): Promise<void> {
  await tekton.createRun(newRun(run, context), context, { dryRun: true });
}

/**
 * Creates the run under the name of its decision, or adopts what an earlier attempt of the same decision created.
 * @param plan may be a failure on a repeat, for example because the pipeline was deleted after the run had begun.
 */
export async function startRun(
  tekton: TektonClient,
  plan: Found<PlannedRun>,
  context: ToolContext,
): Promise<Found<TektonRun>> {
  if (plan.ok) {
    const outcome = await tekton.createRun(newRun(plan.value, context), context);
    if (outcome.kind === 'created') return { ok: true, value: outcome.run };
  }
  const existing = await tekton.getRun(runNameOf(context.effectKey), context);
  if (existing) return adopt(existing, context);
  if (!plan.ok) return plan;
  throw new RetryableError(
    'RunVanished',
    `PipelineRun ${runNameOf(context.effectKey)} was taken and is gone; trying again.`,
  );
}

/** The garbage collector has this long to take away the run of an owner that was deleted and made again. */
const formerOwnerMs = 120_000;

/** @throws RetryableError while the run of an earlier owner of the same turn may still go away. */
function adopt(run: TektonRun, context: ToolContext): Found<TektonRun> {
  const isSameCall = run.argumentsDigest === context.argumentsDigest;
  if (isSameCall && run.ownerUid === context.owner.uid) return { ok: true, value: run };
  const sinceMs = context.clock.now().getTime() - context.decidedAt.getTime();
  if (isSameCall && run.turn === context.turn && sinceMs < formerOwnerMs) {
    const message = `PipelineRun ${run.name} belongs to a deleted ${context.owner.kind} of this name; waiting for it to go away`;
    throw new RetryableError('RunOfFormerOwner', message);
  }
  return { ok: false, failure: effectConflict(run.name) };
}

function effectConflict(name: string): ToolFailure {
  return failure(
    'EffectConflict',
    `PipelineRun ${name} exists already, but it does not come from this decision, so it was left alone.`,
    'Find out who created it; delete it if it is not wanted, then ask again.',
  );
}

function newRun(run: PlannedRun, context: ToolContext) {
  const { effectKey, argumentsDigest, turn, owner } = context;
  return { ...run, effectKey, argumentsDigest, turn, owner };
}
