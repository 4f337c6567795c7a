import { type BuildOptions, type BuildResult, build } from 'esbuild';

/** What all our bundles have in common. */
export const common = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  metafile: true,
  minifyWhitespace: true,
  minifySyntax: true,
  // Else `import { type A } from 'b'` still loads b, and the plugin all of the Kubernetes client before it says a word.
  tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: false } },
} as const satisfies BuildOptions;

/** For bundles that are ES modules. */
export const modules = {
  format: 'esm',
  splitting: true,
  outExtension: { '.js': '.mjs' },
  banner: {
    js: [
      // Packages that are still CommonJS ask for require.
      // Under a name of its own: some import it as well.
      "import { createRequire as requireHere } from 'node:module'; const require = requireHere(import.meta.url);",
      // Node is silent about deprecated modules in node_modules (punycode, of a dependency's dependency); in a bundle it is not.
      'process.noDeprecation = true;',
    ].join('\n'),
  },
} as const satisfies BuildOptions;

/** @throws Error when esbuild warns, or when test code would be shipped. */
export async function bundle(options: BuildOptions): Promise<void> {
  const { metafile, warnings } = (await build({ ...common, ...options })) as BuildResult<{ metafile: true }>;
  if (warnings.length > 0) throw new Error('esbuild warns; see above');
  const strays = Object.keys(metafile.inputs).filter((path) => /^src\/testing\/|\.test\.ts$|^test\//.test(path));
  if (strays.length > 0) throw new Error(`test code in the bundle: ${strays.join(', ')}`);
  const files = Object.values(metafile.outputs);
  const bytes = files.reduce((sum, output) => sum + output.bytes, 0);
  console.log(`${options.outdir ?? options.outfile}: ${files.length} files, ${Math.round(bytes / 1024)} KiB`);
}
