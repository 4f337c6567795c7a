import type { ObjectStat } from '../../backends/s3/object-store.ts';
import type { ToolContext } from '../tool.ts';

const effectName = 'swarm-effect';
const argumentsName = 'swarm-arguments';

/** Travels with what a call writes, so that a repeat after a crash knows its own work. */
export function effectMetadata({ effectKey, argumentsDigest }: ToolContext): Readonly<Record<string, string>> {
  return { [effectName]: effectKey, [argumentsName]: argumentsDigest };
}

/** Whether this very decision has written the object already. */
export function isOurs({ metadata }: ObjectStat, { effectKey, argumentsDigest }: ToolContext): boolean {
  return metadata[effectName] === effectKey && metadata[argumentsName] === argumentsDigest;
}

/** What others gave the object, without what tells of our own effects. */
export function foreignMetadata({ metadata }: ObjectStat): Readonly<Record<string, string>> {
  const entries = Object.entries(metadata).filter(([name]) => name !== effectName && name !== argumentsName);
  return Object.fromEntries(entries);
}
