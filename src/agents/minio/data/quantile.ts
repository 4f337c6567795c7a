import type { Dataset } from '../../../backends/duckdb/dataset-engine.ts';

/** Up to here counting exactly costs nothing that anybody would notice. */
const exactBytes = 8 * 1024 * 1024;

export function isCountedExactly({ sizeBytes }: Pick<Dataset, 'sizeBytes'>): boolean {
  return sizeBytes <= exactBytes;
}

/** SQL of one quantile or of a list of them. */
export function quantileSql(dataset: Pick<Dataset, 'sizeBytes'>, value: string, quantiles: string): string {
  return `${isCountedExactly(dataset) ? 'quantile_cont' : 'approx_quantile'}(${value}, ${quantiles})`;
}
