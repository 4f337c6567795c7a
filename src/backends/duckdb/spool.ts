import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { RetryableError } from '../../base/errors.ts';
import { DatasetRefusedError, type DatasetSource } from './dataset-engine.ts';

/** Copies of objects on disk, each in a folder of its own that goes with it. */
export interface Spool {
  makeFolder(): Promise<string>;
  /** Returns the path of the copy. Holds one buffer of the stream in memory at a time. */
  copy(source: DatasetSource, target: { folder: string; maximumBytes: number }): Promise<string>;
  remove(folder: string): Promise<void>;
}

const prefix = 'swarm-dataset-';

export function createSpool(directory: string): Spool {
  let swept: Promise<void> | undefined;
  return {
    async makeFolder() {
      swept ??= sweep(directory);
      await swept;
      return await mkdtemp(join(directory, `${prefix}${process.pid}-`));
    },
    async copy(source, { folder, maximumBytes }) {
      const path = join(folder, 'data');
      const body = await source.open();
      try {
        await pipeline(body, atMost(maximumBytes, source.name), createWriteStream(path, { mode: 0o600 }), {
          signal: source.signal,
        });
      } catch (error) {
        throw source.signal.aborted ? (source.signal.reason as Error) : noRoomOr(error);
      }
      return path;
    },
    remove: (folder) => rm(folder, { recursive: true, force: true }),
  };
}

/** An object can have grown since its size was asked for. */
function atMost(maximumBytes: number, name: string): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes <= maximumBytes) done(null, chunk);
      else done(new DatasetRefusedError('TooLarge', `${name} has more than ${maximumBytes} bytes.`));
    },
  });
}

function noRoomOr(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || (error.code !== 'ENOSPC' && error.code !== 'EDQUOT'))
    return error;
  return new RetryableError('NoRoomForDataset', 'there is no room on disk to look into the data set', { cause: error });
}

/** Takes away the folders of processes that ended without tidying up. */
async function sweep(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const name of await readdir(directory)) {
    const folder = join(directory, name);
    const owner = Number(new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1]);
    if (!Number.isNaN(owner) && (await isLeftOver(folder, owner))) await rm(folder, { recursive: true, force: true });
  }
}

/** In a container a new process has the number of the one before: its folders are older than this process. */
async function isLeftOver(folder: string, owner: number): Promise<boolean> {
  if (owner !== process.pid) return !isAlive(owner);
  return (await stat(folder)).mtimeMs < performance.timeOrigin;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
