import { createHash } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { Chunk } from './chunk.ts';
import type { GenerationSettings, VectorChunk } from './knowledge-store.ts';

/**
 * One generation in one file: a line of JSON that describes the rest and carries its SHA-256, one line of JSON per chunk,
 * then the vectors as little-endian 32-bit floats, in the order of the chunks that have one.
 */
const head = z.object({
  format: z.literal('swarm-knowledge-1'),
  settings: z.object({
    chunker: z.string(),
    embeddingModel: z.string().optional(),
    dimensions: z.int().positive().optional(),
  }),
  textBytes: z.int().min(0),
  /** Lines that have a vector. */
  vectors: z.array(z.int().min(0)),
  sha256: z.string(),
});

export interface GenerationContent {
  readonly settings: GenerationSettings;
  readonly chunks: readonly VectorChunk[];
}

/** Replaces the file in one step: after a crash there is the old one or the new one, whole. */
export async function writeGeneration(path: string, { settings, chunks }: GenerationContent): Promise<void> {
  const text = Buffer.from(chunks.map(({ chunk }) => `${JSON.stringify(chunk)}\n`).join(''), 'utf8');
  const vectors = Buffer.concat(chunks.flatMap(({ vector }) => (vector === undefined ? [] : [bytesOf(vector)])));
  const first: z.output<typeof head> = {
    format: 'swarm-knowledge-1',
    settings,
    textBytes: text.length,
    vectors: chunks.flatMap(({ vector }, index) => (vector === undefined ? [] : [index])),
    sha256: createHash('sha256').update(text).update(vectors).digest('hex'),
  };
  await replaceFile(path, [Buffer.from(`${JSON.stringify(first)}\n`), text, vectors]);
}

/** Undefined when there is no such file. Throws when it is damaged: what it says is not to be trusted in any part. */
export async function readGeneration(path: string): Promise<GenerationContent | undefined> {
  const file = await readIfThere(path);
  if (file === undefined) return undefined;
  const end = file.indexOf(0x0a);
  const first = head.parse(JSON.parse(file.subarray(0, end).toString('utf8')));
  const body = file.subarray(end + 1);
  const sum = createHash('sha256').update(body).digest('hex');
  if (sum !== first.sha256) throw new Error(`the checksum of ${path} does not match its content`);
  const lines = body.subarray(0, first.textBytes).toString('utf8').split('\n').slice(0, -1);
  const vectorOf = vectorReader(body.subarray(first.textBytes), first);
  const { chunker, embeddingModel, dimensions } = first.settings;
  return {
    settings: { chunker, embeddingModel, dimensions },
    chunks: lines.map((line, index) => ({ chunk: JSON.parse(line) as Chunk, vector: vectorOf(index) })),
  };
}

function vectorReader(bytes: Buffer, { vectors, settings }: z.output<typeof head>) {
  const placeOf = new Map(vectors.map((line, place) => [line, place]));
  const dimensions = settings.dimensions ?? 0;
  // Copied, so that the floats are aligned whatever stands before them in the file.
  const block = new Float32Array(new Uint8Array(bytes).buffer);
  return (line: number): Float32Array | undefined => {
    const place = placeOf.get(line);
    return place === undefined ? undefined : block.slice(place * dimensions, (place + 1) * dimensions);
  };
}

function bytesOf(vector: Float32Array): Buffer {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
}

export async function replaceFile(path: string, parts: readonly Buffer[]): Promise<void> {
  const temporary = `${path}.new`;
  const file = await open(temporary, 'w');
  try {
    await file.writev(parts.filter(({ length }) => length > 0));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  const directory = await open(dirname(path), 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

export async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
