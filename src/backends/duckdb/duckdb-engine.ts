import type { Clock } from '../../base/clock.ts';
import { RefusedInSandboxError } from '../sandbox/protocol.ts';
import { SandboxFailure, startSandbox, workerEntry, type Sandbox } from '../sandbox/sandbox.ts';
import {
  DatasetRefusedError,
  defaultDatasetLimits,
  type Dataset,
  type DatasetEngine,
  type DatasetLimits,
  type DatasetSource,
  type DatasetTable,
  type RejectedLines,
} from './dataset-engine.ts';
import type { DatasetQuestion, OpenedDataset } from './dataset-question.ts';
import { createSpool, type Spool } from './spool.ts';
import { createTurnstile } from '../sandbox/turnstile.ts';

export interface DuckDbEngineSettings {
  readonly clock: Clock;
  /** Has room for `limits.open` files of `limits.objectBytes`. */
  readonly spoolDirectory: string;
  readonly limits?: Partial<DatasetLimits>;
}

/** DuckDB in a process of its own for each data set. Does nothing until it is asked. */
export function createDuckDbEngine(settings: DuckDbEngineSettings): DatasetEngine {
  const limits = { ...defaultDatasetLimits, ...settings.limits };
  const spool = createSpool(settings.spoolDirectory);
  const turnstile = createTurnstile(limits.open);
  return {
    withDataset: (source, use) => {
      if (source.sizeBytes > limits.objectBytes) return Promise.reject(tooLarge(source, limits));
      return turnstile.pass(source.signal, () => inSandbox({ source, spool, limits, clock: settings.clock }, use));
    },
  };
}

interface Work {
  readonly source: DatasetSource;
  readonly spool: Spool;
  readonly limits: DatasetLimits;
  readonly clock: Clock;
}

async function inSandbox<Result>(
  { source, spool, limits, clock }: Work,
  use: (dataset: Dataset) => Promise<Result>,
): Promise<Result> {
  const folder = await spool.makeFolder();
  try {
    const path = await spool.copy(source, { folder, maximumBytes: limits.objectBytes });
    const entry = workerEntry('dataset-worker', import.meta.url);
    const sandbox = startSandbox({ entry, clock, memoryBytes: limits.memoryBytes, signal: source.signal });
    try {
      const ask = asking(sandbox, source.name, limits);
      const opened = await ask<OpenedDataset>({ kind: 'open', path, folder, name: source.name, limits });
      return await use(datasetOf(opened, { ask, source, limits }));
    } finally {
      await sandbox.end();
    }
  } finally {
    await spool.remove(folder);
  }
}

type Ask = <Answer>(question: DatasetQuestion) => Promise<Answer>;

function datasetOf(
  { format, columns }: OpenedDataset,
  { ask, source, limits }: { readonly ask: Ask; readonly source: DatasetSource; readonly limits: DatasetLimits },
): Dataset {
  return {
    format,
    columns,
    sizeBytes: source.sizeBytes,
    select: (sql, options) => {
      const maximumRows = Math.min(options?.maximumRows ?? limits.rows, limits.rows);
      return ask<DatasetTable>({ kind: 'select', sql, maximumRows });
    },
    rejectedLines: () => ask<RejectedLines>({ kind: 'rejected' }),
  };
}

function asking(sandbox: Sandbox, name: string, limits: DatasetLimits): Ask {
  return async <Answer>(question: DatasetQuestion) => {
    try {
      return (await sandbox.ask(question, limits.queryMs)) as Answer;
    } catch (error) {
      if (error instanceof RefusedInSandboxError) throw new DatasetRefusedError(error.code, error.message, error.hint);
      if (error instanceof SandboxFailure) throw failed(error, name, limits);
      throw error;
    }
  };
}

function failed({ reason, message }: SandboxFailure, name: string, limits: DatasetLimits): DatasetRefusedError {
  switch (reason) {
    case 'TimedOut':
      return new DatasetRefusedError(
        reason,
        `Looking into ${name} took longer than ${limits.queryMs / 1000} s and was ended.`,
        'Ask for less: fewer columns, a filter, no joins of the data with itself.',
      );
    case 'OutOfMemory':
      return new DatasetRefusedError(
        reason,
        `Looking into ${name} needed more memory than is allowed and was ended.`,
        'Ask for less: aggregate, filter or limit before sorting and joining.',
      );
    case 'Crashed':
      return new DatasetRefusedError(
        reason,
        `The worker that looked into ${name} ended unexpectedly (${message}).`,
        'Other data sets are not concerned. The file may be damaged.',
      );
  }
}

function tooLarge({ name, sizeBytes }: DatasetSource, limits: DatasetLimits): DatasetRefusedError {
  const size = (bytes: number) => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
  return new DatasetRefusedError(
    'TooLarge',
    `${name} has ${size(sizeBytes)}; data sets of up to ${size(limits.objectBytes)} can be looked into.`,
    'Use a sample or one part of it.',
  );
}
