/**
 * Makes what the plugin is released as, in dist/release: an npm package, one archive with a single executable for each
 * platform, and the manifest that krew installs the archives by.
 *
 *   node hack/package-plugin.ts [--platform linux-x64 …] [--downloads https://…]
 *
 * Without --platform for this machine; --downloads is where the archives will be found, for the manifest.
 *
 * macOS is not among the platforms: there an executable must be signed after it was put together, on a Mac.
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { buildPlugin } from './build/plugin.ts';
import { archiveOf, platforms, type PlatformName } from './package-plugin/archive.ts';
import { krewManifest } from './package-plugin/krew-manifest.ts';
import { packNpm } from './package-plugin/npm-package.ts';

const release = 'dist/release';
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
const { platform: wanted = [`${process.platform}-${process.arch}`], downloads = 'https://example.com/kubectl-swarm' } =
  parseArgs({ options: { platform: { type: 'string', multiple: true }, downloads: { type: 'string' } } }).values;
const unknown = wanted.filter((name) => !(name in platforms));
if (unknown.length > 0) {
  console.error(`unknown platform ${unknown.join(', ')}; there are: ${Object.keys(platforms).join(', ')}`);
  process.exit(2);
}

rmSync(release, { recursive: true, force: true });
rmSync('dist/cli', { recursive: true, force: true });
mkdirSync(release, { recursive: true });
await buildPlugin();
console.log(packNpm({ version, destination: release }));
const archives = [];
for (const name of wanted as PlatformName[]) archives.push(await archiveOf(name, { version, destination: release }));
for (const { file, sha256 } of archives) console.log(`${file}  sha256:${sha256}`);
writeFileSync(`${release}/swarm.yaml`, krewManifest(archives, { version, downloads }));
cpSync('LICENSE', `${release}/LICENSE`);
console.log(`${release}/swarm.yaml`);
