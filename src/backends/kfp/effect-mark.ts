import { v5 as uuidv5 } from 'uuid';
import { storableText } from './bounds.ts';
import type { Decision } from './kfp-client.ts';

/** Root of all run ids of ours; any fixed UUID would do, but it can never change. */
const idNamespace = '6e0a3f52-0c1b-5d7e-9a43-7b1c2f8d9e60';
const descriptionLength = 255;

/** The run id that follows from a decision: a repeat after a crash asks for the same run. */
export function runIdOf(effectKey: string): string {
  return uuidv5(effectKey, idNamespace);
}

/** What is searched for in descriptions. */
export function tokenOf(effectKey: string): string {
  return `swarm:${effectKey}`;
}

/** `<text> [swarm:<effectKey> sha256:<hex>]`: tells a repeat, and people, whose work it is. */
export function markedDescription(text: string | undefined, decision: Decision): string {
  const mark = `[${tokenOf(decision.effectKey)} ${decision.argumentsDigest}]`;
  const shown = text === undefined ? '' : storableText(text.trim(), descriptionLength - mark.length - 1);
  return shown === '' ? mark : `${shown} ${mark}`;
}

const markPattern = / ?\[swarm:(\S+) (sha256:[0-9a-f]+)\]$/;

/** @returns undefined when the description carries no mark of ours. */
export function markOf(
  description: string | undefined,
): { readonly effectKey: string; readonly argumentsDigest: string } | undefined {
  const [, effectKey, argumentsDigest] = markPattern.exec(description ?? '') ?? [];
  return effectKey === undefined || argumentsDigest === undefined ? undefined : { effectKey, argumentsDigest };
}

/** The description without the mark, for people. */
export function unmarked(description: string | undefined): string | undefined {
  const text = description?.replace(markPattern, '').trim() ?? '';
  return text === '' ? undefined : text;
}

/** `ours`: of this very decision. `changed`: of our key, but with other arguments. `foreign`: somebody else's. */
export function ownership(description: string | undefined, decision: Decision): 'ours' | 'changed' | 'foreign' {
  const mark = markOf(description);
  if (mark?.effectKey !== decision.effectKey) return 'foreign';
  return mark.argumentsDigest === decision.argumentsDigest ? 'ours' : 'changed';
}
