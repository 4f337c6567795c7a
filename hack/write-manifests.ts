/**
 * Writes what a release carries for people without Helm and without this repository: dist/install.yaml (everything) and
 * dist/crds.yaml (the kinds alone). Both are what kustomize makes of config/, so they are not committed.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const kubectl = execFileSync(join(root, 'hack/test-bed/test-bed.sh'), ['kubectl'], { encoding: 'utf8' }).trim();

mkdirSync(join(root, 'dist'), { recursive: true });
for (const [file, folder] of [
  ['install.yaml', 'config/default'],
  ['crds.yaml', 'config/crd'],
] as const) {
  const manifest = execFileSync(kubectl, ['kustomize', join(root, folder)], { encoding: 'utf8' });
  writeFileSync(join(root, 'dist', file), manifest);
  console.log(`dist/${file}  ${Math.round(manifest.length / 1024)} KiB`);
}
