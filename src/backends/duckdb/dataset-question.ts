import type { DatasetColumn, DatasetFormat, DatasetLimits } from './dataset-engine.ts';

/** What the engine asks its worker. Answers: OpenedDataset, DatasetTable, RejectedLines. */
export type DatasetQuestion =
  | {
      readonly kind: 'open';
      readonly path: string;
      /** Where queries may put what does not fit into memory. */
      readonly folder: string;
      readonly name: string;
      readonly limits: DatasetLimits;
    }
  | { readonly kind: 'select'; readonly sql: string; readonly maximumRows: number }
  | { readonly kind: 'rejected' };

export interface OpenedDataset {
  readonly format: DatasetFormat;
  readonly columns: readonly DatasetColumn[];
}
