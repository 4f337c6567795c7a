import { ObjectStoreRefusedError } from '../../backends/s3/object-store-refused-error.ts';
import { messageOf, RetryableError, TerminalError } from '../../base/errors.ts';
import { chunkDocument } from '../chunk-document.ts';
import type { Chunk, SourceDocument } from '../chunk.ts';
import type { KnowledgeIndex } from '../knowledge-store.ts';
import type { ChangeWriter } from './change-writer.ts';
import type { DocumentSource, OfferedDocument, Reading } from './document-source.ts';
import type { VersionMemory } from './version-memory.ts';

export interface SourceReading {
  readonly source: DocumentSource;
  /** Paths that the source has, whether or not they could be read. */
  readonly seen: Set<string>;
  documents: number;
  chunks: number;
  /** Documents that could not be read, though they should. */
  readonly failures: string[];
  /** Documents that were left out, which is no fault. */
  readonly notes: string[];
  /** Why the source could not be listed to its end. */
  error?: Error;
  interrupted: boolean;
}

export interface ReadSourceRequest {
  readonly index: KnowledgeIndex;
  readonly writer: ChangeWriter;
  readonly versions: VersionMemory;
  /** Paths that the index had at the beginning. */
  readonly existing: ReadonlySet<string>;
  /** Asked before each document; false ends the reading. */
  readonly carryOn: () => boolean;
  readonly signal: AbortSignal;
}

/** A source that fails so often in a row is taken to be down. */
const failuresInARow = 10;

/** Takes in what is new or has changed. What goes wrong is in the result, unless it is a mistake of ours. */
export async function readSource(request: ReadSourceRequest, source: DocumentSource): Promise<SourceReading> {
  const reading: SourceReading = {
    source,
    seen: new Set(),
    documents: 0,
    chunks: 0,
    failures: [],
    notes: [],
    interrupted: false,
  };
  try {
    await readAll(request, reading);
  } catch (error) {
    request.signal.throwIfAborted();
    if (!isTrouble(error)) throw error;
    reading.error = error;
  }
  return reading;
}

function isTrouble(error: unknown): error is Error {
  return error instanceof RetryableError || error instanceof TerminalError || error instanceof ObjectStoreRefusedError;
}

async function readAll(request: ReadSourceRequest, reading: SourceReading): Promise<void> {
  let inARow = 0;
  for await (const offered of reading.source.documents(request.signal)) {
    request.signal.throwIfAborted();
    if (!request.carryOn()) {
      reading.interrupted = true;
      return;
    }
    const error = await readOne(request, reading, offered);
    inARow = error ? inARow + 1 : 0;
    if (error && inARow === failuresInARow) throw error;
  }
}

/** @returns why the document could not be read. */
async function readOne(
  request: ReadSourceRequest,
  reading: SourceReading,
  offered: OfferedDocument,
): Promise<Error | undefined> {
  const { path } = offered;
  const known = request.existing.has(path) ? request.versions.get(path) : undefined;
  let answer: Reading;
  try {
    answer = await offered.read(known?.version);
  } catch (error) {
    request.signal.throwIfAborted();
    if (!isTrouble(error)) throw error;
    reading.seen.add(path);
    reading.failures.push(`${path}: ${messageOf(error)}`);
    return error;
  }
  await take(request, reading, { path, answer, chunksBefore: known?.chunks ?? 0 });
  return undefined;
}

interface Answered {
  readonly path: string;
  readonly answer: Reading;
  readonly chunksBefore: number;
}

async function take(request: ReadSourceRequest, reading: SourceReading, answered: Answered): Promise<void> {
  const { path, answer, chunksBefore } = answered;
  if (answer.kind === 'gone') {
    reading.notes.push(answer.why);
    return;
  }
  reading.seen.add(path);
  if (answer.kind === 'skipped') {
    reading.notes.push(answer.why);
  } else if (answer.kind === 'unchanged') {
    reading.documents++;
    reading.chunks += chunksBefore;
  } else {
    await takeContent(request, reading, answer);
  }
}

async function takeContent(
  request: ReadSourceRequest,
  reading: SourceReading,
  { document, version }: Extract<Reading, { kind: 'content' }>,
): Promise<void> {
  const { path } = document;
  const chunks = chunksOf(document);
  if (chunks instanceof TerminalError) {
    reading.notes.push(`${path}: ${chunks.message}`);
    return;
  }
  if (chunks.length === 0) {
    // As good as gone, so that a source that serves empty pages does not empty the knowledge base.
    reading.seen.delete(path);
    reading.notes.push(`${path} is empty`);
    return;
  }
  reading.documents++;
  reading.chunks += chunks.length;
  const taken = { version, chunks: chunks.length };
  const changes = changesBetween(await request.index.ordinalsOf(path), chunks);
  const onWritten = () => {
    request.versions.set(path, taken);
  };
  await request.writer.add({ ...changes, onWritten });
}

/** The error says what is wrong with the document. */
function chunksOf(document: SourceDocument): readonly Chunk[] | TerminalError {
  try {
    return chunkDocument(document);
  } catch (error) {
    if (error instanceof TerminalError) return error;
    throw error;
  }
}

function changesBetween(before: ReadonlyMap<string, number>, chunks: readonly Chunk[]) {
  const ids = new Set(chunks.map(({ id }) => id));
  return {
    remove: [...before.keys()].filter((id) => !ids.has(id)),
    added: chunks.filter(({ id }) => !before.has(id)),
    moved: chunks.filter(({ id, ordinal }) => before.has(id) && before.get(id) !== ordinal),
  };
}
