import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import type { DatasetLimits } from './dataset-engine.ts';
import { literal } from './sql-text.ts';

export interface Confinement {
  /** The only file that can be read. */
  readonly path: string;
  /** Where queries may put what does not fit into memory. */
  readonly folder: string;
  readonly limits: Pick<DatasetLimits, 'bufferBytes' | 'spillBytes' | 'threads'>;
}

/** Nothing but the one file can be read, nothing be written or loaded, and none of this be changed back. */
export async function confinedConnection({ path, folder, limits }: Confinement): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(limits.threads),
    memory_limit: `${limits.bufferBytes} B`,
    temp_directory: `${folder}/spill`,
    max_temp_directory_size: `${limits.spillBytes} B`,
    preserve_insertion_order: 'false',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
  });
  const connection = await instance.connect();
  for (const setting of [
    "TimeZone = 'UTC'",
    `allowed_paths = [${literal(path)}]`,
    'enable_external_access = false',
    'lock_configuration = true',
  ])
    await connection.run(`SET ${setting}`);
  return connection;
}
