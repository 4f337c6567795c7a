import type { ObjectReference, ObjectStoreSource } from '../../../backends/s3/object-store.ts';
import { DatasetRefusedError, type Dataset, type DatasetEngine } from '../../../backends/duckdb/dataset-engine.ts';
import { failure } from '../../found.ts';
import type { ToolContext, ToolFailure, ToolResult } from '../../tool.ts';
import { findObject } from '../find-object.ts';

/** What the tools that look into data sets need. */
export interface DataDependencies {
  readonly store: ObjectStoreSource;
  readonly engine: DatasetEngine;
}

/** Opens an object as a data set for the time of `use`; what the engine declines becomes a result for the model. */
export async function withDataFile<Data>(
  { store: source, engine }: DataDependencies,
  { object, context }: { readonly object: ObjectReference; readonly context: ToolContext },
  use: (dataset: Dataset) => Promise<ToolResult<Data>>,
): Promise<ToolResult<Data>> {
  const store = await source.store(context);
  const stat = await findObject(store, object);
  if (!stat.ok) return stat.failure;
  const { sizeBytes, etag } = stat.value;
  try {
    return await engine.withDataset(
      {
        name: object.key,
        sizeBytes,
        signal: context.signal,
        open: async () => (await store.open({ bucket: object.bucket, key: object.key, ifMatch: etag })).body,
      },
      use,
    );
  } catch (error) {
    if (error instanceof DatasetRefusedError) return refused(error);
    throw error;
  }
}

/** Its words may quote the content. */
function refused({ code, message, hint }: DatasetRefusedError): ToolFailure {
  return { ...failure(code, message, hint), untrusted: true };
}
