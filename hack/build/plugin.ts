import { copyFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { bundle, modules } from './bundle.ts';

const { resolve } = createRequire(import.meta.url);

/** Files that drawing needs, by the name that src/cli/assets.ts knows them by. */
export const pluginAssets: Readonly<Record<string, string>> = {
  'resvg.wasm': resolve('@resvg/resvg-wasm/index_bg.wasm'),
  'DejaVuSans.ttf': resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'),
  'DejaVuSans-Bold.ttf': resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf'),
};

/** Charts become SVG, which needs no canvas; Vega's file for Node would look for one, and not from inside CommonJS. */
const alias = { 'vega-canvas': './node_modules/vega-canvas/build/vega-canvas.browser.js' };

/** dist/cli/kubectl-swarm.mjs; what a command does not need stays in files that it does not load. */
export async function buildPlugin(): Promise<void> {
  await bundle({
    ...modules,
    alias,
    entryPoints: { 'kubectl-swarm': 'src/cli/main.ts' },
    outdir: 'dist/cli',
    // Beside the entry: src/cli/assets.ts looks for its files there, whichever chunk it is part of.
    chunkNames: '[name]-[hash]',
  });
  mkdirSync('dist/cli/assets', { recursive: true });
  for (const [name, file] of Object.entries(pluginAssets)) copyFileSync(file, `dist/cli/assets/${name}`);
}

/** One file for the single executable, which takes CommonJS and nothing beside it. */
export function buildPluginScript(outfile: string): Promise<void> {
  return bundle({
    entryPoints: ['src/cli/main.ts'],
    outfile,
    alias,
    format: 'cjs',
    // There are no files around an executable; what would look for them asks node:sea first.
    define: { 'import.meta.url': '"file:///"', 'import.meta.dirname': '"/"' },
    banner: { js: 'process.noDeprecation = true;' },
  });
}
