import { messageOf, RetryableError } from '../../base/errors.ts';
import type { Embedder } from '../embedder.ts';
import type { KnowledgeIndex } from '../knowledge-store.ts';
import { ChangeWriter } from './change-writer.ts';
import type { DocumentSource } from './document-source.ts';
import { type ReadSourceRequest, readSource, type SourceReading } from './read-source.ts';
import type { SourceReport, SyncReport } from './sync-report.ts';
import type { VersionMemory } from './version-memory.ts';

export interface SyncRequest {
  readonly index: KnowledgeIndex;
  readonly sources: readonly DocumentSource[];
  /** Absent: words alone. */
  readonly embedder: Embedder | undefined;
  readonly versions: VersionMemory;
  /** A person has said that any share of the documents may be removed. */
  readonly allowDeletions: boolean;
  /** Asked before each document; false ends the reading early. */
  readonly carryOn: () => boolean;
  readonly signal: AbortSignal;
}

/** One reading removes at most this share of the documents: a broken source must not empty the knowledge base. */
export const largestRemovedShare = 0.3;

const maxMessageLength = 512;

/** Reads all sources and brings the index up to date. Ending at any point and beginning again gives the same index. */
export async function syncSources(request: SyncRequest): Promise<SyncReport> {
  const { index, embedder, signal, carryOn } = request;
  const writer = new ChangeWriter(index, embedder, signal);
  const existing = new Set(await index.documents());
  const readings = await readSources({ ...request, writer, existing }, request.sources);
  const interrupted = readings.length < request.sources.length || readings.some((reading) => reading.interrupted);
  const removal = interrupted ? nothingToRemove : removalOf(request, readings, existing);
  await remove(request, writer, removal.paths);
  await index.refresh();
  if (!interrupted) await writer.backfill(carryOn);
  return {
    sources: readings.map((reading) => reportOf(reading, removal)),
    removed: removal.paths.length,
    heldBack: removal.heldBack,
    embeddingTrouble: writer.trouble,
    interrupted,
  };
}

async function readSources(
  request: ReadSourceRequest,
  sources: readonly DocumentSource[],
): Promise<readonly SourceReading[]> {
  const readings: SourceReading[] = [];
  for (const source of sources) {
    readings.push(await readSource(request, source));
    await request.writer.flush();
    // What one source brought is found while the next is still being read, and stays if that one takes long.
    await request.index.refresh();
    if (!request.carryOn()) break;
  }
  return readings;
}

interface Removal {
  readonly paths: readonly string[];
  readonly heldBack: number;
  /** Names of sources that were read to the end and gave nothing although the index has documents of them. */
  readonly emptied: ReadonlySet<string>;
}

const nothingToRemove: Removal = { paths: [], heldBack: 0, emptied: new Set() };

/** What of a source that is no longer in the spec goes in any case: that is what a person asked for. */
function removalOf(
  { sources, allowDeletions }: SyncRequest,
  readings: readonly SourceReading[],
  existing: ReadonlySet<string>,
): Removal {
  const declared = new Set(sources.map(({ name }) => name));
  const undeclared = [...existing].filter((path) => !declared.has(sourceOf(path)));
  const emptied = new Set(readings.filter((reading) => isEmptied(reading, existing)).map(({ source }) => source.name));
  const kept = allowDeletions ? new Set<string>() : emptied;
  const stale = readings.flatMap((reading) => {
    if (reading.error || kept.has(reading.source.name)) return [];
    return [...existing].filter((path) => sourceOf(path) === reading.source.name && !reading.seen.has(path));
  });
  const isTooMuch = stale.length > largestRemovedShare * (existing.size - undeclared.length);
  if (isTooMuch && !allowDeletions) return { paths: undeclared, heldBack: stale.length, emptied: kept };
  return { paths: [...undeclared, ...stale], heldBack: 0, emptied: kept };
}

/** Names of sources have no slash. */
function sourceOf(path: string): string {
  return path.slice(0, path.indexOf('/'));
}

function isEmptied({ source, seen, error }: SourceReading, existing: ReadonlySet<string>): boolean {
  return !error && seen.size === 0 && [...existing].some((path) => sourceOf(path) === source.name);
}

async function remove({ index, versions }: SyncRequest, writer: ChangeWriter, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const ids = await index.ordinalsOf(path);
    const onWritten = () => {
      versions.delete(path);
    };
    await writer.add({ remove: [...ids.keys()], added: [], moved: [], onWritten });
  }
  await writer.flush();
}

function reportOf(reading: SourceReading, removal: Removal): SourceReport {
  const { source, documents, chunks, error, failures } = reading;
  const isEmptied = removal.emptied.has(source.name);
  return {
    name: source.name,
    documents,
    chunks,
    isComplete: !error && failures.length === 0 && !isEmptied,
    timeMayHelp: error === undefined || error instanceof RetryableError,
    message: messageFor(reading, isEmptied),
  };
}

function messageFor({ error, failures, notes }: SourceReading, isEmptied: boolean): string | undefined {
  const sentences = [
    ...(error ? [messageOf(error)] : []),
    ...(isEmptied ? ['It has no documents any more; what it had is kept.'] : []),
    ...(failures[0] === undefined ? [] : [`${failures.length} could not be read, first ${failures[0]}.`]),
    ...(notes[0] === undefined ? [] : [`${notes.length} left out, first ${notes[0]}.`]),
  ];
  const message = sentences.join(' ');
  if (message === '') return undefined;
  return message.length <= maxMessageLength ? message : `${message.slice(0, maxMessageLength - 1)}…`;
}
