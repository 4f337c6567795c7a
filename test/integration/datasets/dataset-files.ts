import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../../src/base/clock.ts';
import type { DatasetEngine, DatasetLimits, DatasetSource } from '../../../src/backends/duckdb/dataset-engine.ts';
import { createDuckDbEngine } from '../../../src/backends/duckdb/duckdb-engine.ts';

const fixtures = fileURLToPath(new URL('./fixtures/', import.meta.url));

/** Files that pandas, pyarrow and fpdf2 wrote: see fixtures/make.py. */
export function fixturePath(name: string): string {
  return join(fixtures, name);
}

export async function fixtureNames(): Promise<readonly string[]> {
  return (await readdir(fixtures)).filter((name) => !name.endsWith('.py'));
}

export async function fixtureSource(name: string): Promise<DatasetSource> {
  const path = fixturePath(name);
  const { size } = await stat(path);
  return sourceOf(name, { sizeBytes: size, open: () => Promise.resolve(createReadStream(path)) });
}

export function textSource(name: string, text: string): DatasetSource {
  const bytes = Buffer.from(text);
  return sourceOf(name, { sizeBytes: bytes.length, open: () => Promise.resolve(Readable.from([bytes])) });
}

function sourceOf(name: string, rest: Pick<DatasetSource, 'sizeBytes' | 'open'>): DatasetSource {
  return { name, ...rest, signal: new AbortController().signal };
}

export interface EngineUnderTest {
  readonly engine: DatasetEngine;
  readonly spoolDirectory: string;
  end(): Promise<void>;
}

export async function startEngine(limits: Partial<DatasetLimits> = {}): Promise<EngineUnderTest> {
  const spoolDirectory = await mkdtemp(join(tmpdir(), 'swarm-datasets-'));
  return {
    engine: createDuckDbEngine({ clock: systemClock, spoolDirectory, limits }),
    spoolDirectory,
    end: () => rm(spoolDirectory, { recursive: true }),
  };
}
