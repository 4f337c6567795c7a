import type { estypes } from '@elastic/elasticsearch';
import type { ElasticsearchClient } from '../backends/elasticsearch/elasticsearch-client.ts';
import type { Clock } from '../base/clock.ts';
import { RetryableError } from '../base/errors.ts';
import type { IndexedChunk } from './elasticsearch-store-mapping.ts';

/** Elasticsearch recommends a few megabytes for one request. */
const batchBytes = 2_000_000;
/** How often what the server had no room for is offered again, and how long it gets to make room. */
const attempts = 4;
const pauseMs = 1_000;

/** One line, or two, of a bulk request. */
interface Operation {
  readonly lines: readonly string[];
  readonly bytes: number;
}

export interface BulkChanges {
  /** Ids. */
  readonly remove: readonly string[];
  readonly write: readonly IndexedChunk[];
}

export interface BulkTarget {
  readonly client: ElasticsearchClient;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly index: string;
}

/**
 * Deletes and writes, each by its id, so that a repeat after a crash changes nothing.
 * @throws RetryableError when the server had no room for all of it in the end; Error when it refuses one for good.
 */
export async function writeInBulk(target: BulkTarget, { remove, write }: BulkChanges): Promise<void> {
  const operations = [...remove.map(removal), ...write.map(writing)];
  for (const batch of batchesOf(operations)) await send(target, batch);
}

function removal(id: string): Operation {
  return operation({ delete: { _id: id } });
}

/** Without a vector it is an update: the vector that the chunk may have already stays. */
function writing(chunk: IndexedChunk): Operation {
  if (chunk.embedding) return operation({ index: { _id: chunk.id } }, chunk);
  return operation({ update: { _id: chunk.id, retry_on_conflict: 3 } }, { doc: chunk, doc_as_upsert: true });
}

function operation(...parts: readonly object[]): Operation {
  const lines = parts.map((part) => JSON.stringify(part));
  return { lines, bytes: lines.reduce((sum, line) => sum + Buffer.byteLength(line, 'utf8') + 1, 0) };
}

function* batchesOf(operations: readonly Operation[]): Generator<readonly Operation[]> {
  let batch: Operation[] = [];
  let bytes = 0;
  for (const next of operations) {
    if (batch.length > 0 && bytes + next.bytes > batchBytes) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(next);
    bytes += next.bytes;
  }
  if (batch.length > 0) yield batch;
}

async function send({ client, clock, index }: BulkTarget, batch: readonly Operation[]): Promise<void> {
  let left = batch;
  for (let attempt = 1; ; attempt++) {
    const operations = left.flatMap(({ lines }) => lines);
    const { errors, items } = await client.request((api) => api.bulk<string>({ index, operations }));
    if (!errors) return;
    left = left.filter((_, position) => isCrowdedOut(items[position] ?? {}));
    if (left.length === 0) return;
    if (attempt === attempts) {
      throw new RetryableError(
        'Unavailable',
        `Elasticsearch has no room for ${left.length} of ${batch.length} changes.`,
      );
    }
    await clock.sleep(pauseMs * 2 ** (attempt - 1));
  }
}

type Item = Partial<Record<estypes.BulkOperationType, estypes.BulkResponseItem>>;

/** @throws Error when the change is refused for good: the document does not fit the mapping, which is a mistake of ours. */
function isCrowdedOut(item: Item): boolean {
  const { status, error } = Object.values(item)[0] ?? { status: 200, error: undefined };
  const isGoneAlready = status === 404 && 'delete' in item;
  if (status < 300 || isGoneAlready) return false;
  if (status === 429 || status >= 500) return true;
  throw new Error(`Elasticsearch refused to write a passage: ${error?.reason ?? status}`);
}
