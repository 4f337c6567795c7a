import { randomUUID } from 'node:crypto';
import type { NewObject, ObjectStore } from './object-store.ts';

/**
 * - `atomic`: of several writers at once exactly one wins, and its content is what is stored.
 * - `ignored`: the store overwrites although told to write only where there is nothing.
 * - `racy`: it respects the condition, but not among writers at the same moment.
 */
export interface ConditionalWrites {
  readonly kind: 'atomic' | 'ignored' | 'racy';
  /** One sentence, for a condition. */
  readonly message: string;
}

const writers = 8;

/**
 * Lets several writers create one object at the same time, under a key that nobody else uses and that is removed again.
 * @throws what the store throws, when it cannot be tried at all.
 */
export async function probeConditionalWrites(
  store: ObjectStore,
  { bucket, prefix = '' }: { readonly bucket: string; readonly prefix?: string },
): Promise<ConditionalWrites> {
  const place = { bucket, key: `${prefix}swarm-probe/${randomUUID()}` };
  const attempt = (content: string): NewObject => ({
    ...place,
    body: Buffer.from(content),
    contentType: 'text/plain',
    ifAbsent: true,
  });
  try {
    const outcomes = await Promise.all(
      Array.from({ length: writers }, (_, writer) => store.put(attempt(`writer ${writer}`))),
    );
    const late = await store.put(attempt('late'));
    const winners = outcomes.flatMap((outcome, writer) => (outcome.kind === 'stored' ? [`writer ${writer}`] : []));
    return verdict({ winners, isLateStored: late.kind === 'stored', content: await contentOf(store, place) });
  } finally {
    await store.remove(place);
  }
}

interface Observation {
  readonly winners: readonly string[];
  readonly isLateStored: boolean;
  readonly content: string;
}

function verdict({ winners, isLateStored, content }: Observation): ConditionalWrites {
  if (isLateStored) {
    return {
      kind: 'ignored',
      message:
        'The object store ignores If-None-Match: an object may be overwritten by a repeat; use a store that knows it.',
    };
  }
  if (winners.length !== 1 || winners[0] !== content) {
    return {
      kind: 'racy',
      message: `Of ${writers} conditional writes at once ${winners.length} were accepted instead of one; use a store that checks If-None-Match under a lock.`,
    };
  }
  return { kind: 'atomic', message: `Of ${writers} conditional writes at once exactly one was accepted.` };
}

async function contentOf(
  store: ObjectStore,
  place: { readonly bucket: string; readonly key: string },
): Promise<string> {
  const { body } = await store.open(place);
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
