import type { ObjectReference, ObjectStat, ObjectStore } from '../../backends/s3/object-store.ts';
import { failure } from '../found.ts';
import type { ToolContext, ToolFailure } from '../tool.ts';
import { isOurs } from './effect-metadata.ts';
import { placeOf, sizeAndAge } from './minio-data.ts';

interface Target extends ObjectReference {
  /** Whether an object that exists may be replaced. */
  readonly overwrite: boolean;
}

/** Why nothing may be written there; undefined when it may. */
export function occupied(
  existing: ObjectStat | undefined,
  target: Target,
  context: ToolContext,
): ToolFailure | undefined {
  if (!existing || target.overwrite || isOurs(existing, context)) return undefined;
  return failure(
    'AlreadyExists',
    `${placeOf(target)} exists already (${sizeAndAge(existing, context.clock.now())}).`,
    'Choose another key, or ask for it to be overwritten.',
  );
}

export function changedMeanwhile(target: ObjectReference): ToolFailure {
  return failure(
    'Changed',
    `${placeOf(target)} was changed by somebody else just now, so it was left alone.`,
    'Look at it, then ask again.',
  );
}

/** What happens to what is there now, for the person who decides; nothing when there is nothing. */
export async function lossInWords(store: ObjectStore, target: ObjectReference, context: ToolContext): Promise<string> {
  const existing = await store.stat(target);
  if (!existing) return '';
  const kept = (await store.listVersions(target, 1)).length > 0;
  const fate = kept ? 'the bucket keeps it as an older version' : 'it cannot be brought back';
  return ` What is there now (${sizeAndAge(existing, context.clock.now())}) is replaced; ${fate}.`;
}
