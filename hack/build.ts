/**
 * Bundles the operator into dist/swarm.mjs, with the programs it starts for data that nobody vouches for beside it; tests
 * and their fakes are no part of it.
 */
import { rmSync } from 'node:fs';
import { build } from 'esbuild';

rmSync('dist', { recursive: true, force: true });
const { metafile, warnings } = await build({
  entryPoints: {
    swarm: 'src/main.ts',
    'dataset-worker': 'src/backends/duckdb/dataset-worker.ts',
    'pdf-worker': 'src/backends/pdf/pdf-worker.ts',
  },
  // Has a native part, which the image brings in node_modules.
  external: ['@duckdb/node-api'],
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  sourcemap: 'linked',
  metafile: true,
  minifyWhitespace: true,
  minifySyntax: true,
  banner: {
    js: [
      // Packages that are still CommonJS ask for require.
      // Under a name of its own: some import it as well.
      "import { createRequire as requireHere } from 'node:module'; const require = requireHere(import.meta.url);",
      // Node is silent about deprecated modules in node_modules (punycode, of a dependency's dependency); in a bundle it is not.
      'process.noDeprecation = true;',
    ].join('\n'),
  },
});

const strays = Object.keys(metafile.inputs).filter((path) => /^src\/testing\/|\.test\.ts$|^test\//.test(path));
if (strays.length > 0) throw new Error(`test code in the bundle: ${strays.join(', ')}`);
for (const [path, { bytes }] of Object.entries(metafile.outputs))
  console.log(`${path}  ${Math.round(bytes / 1024)} KiB`);
if (warnings.length > 0) process.exitCode = 1;
