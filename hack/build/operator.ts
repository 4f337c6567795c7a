import { bundle, modules } from './bundle.ts';

/** dist/swarm.mjs, with the programs it starts for data that nobody vouches for beside it. */
export function buildOperator(): Promise<void> {
  return bundle({
    ...modules,
    entryPoints: {
      swarm: 'src/main.ts',
      'dataset-worker': 'src/backends/duckdb/dataset-worker.ts',
      'pdf-worker': 'src/backends/pdf/pdf-worker.ts',
    },
    // Has a native part, which the image brings in node_modules.
    external: ['@duckdb/node-api'],
    outdir: 'dist',
    chunkNames: 'chunks/[name]-[hash]',
    sourcemap: 'linked',
  });
}
