import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isSea } from 'node:sea';

/** The manifest lies beside the plugin in its archive and its package, and in dist/ of a checkout. */
export function installCommand(): string {
  const program = isSea() ? process.execPath : (process.argv[1] ?? '');
  const folder = existsSync(program) ? dirname(realpathSync(program)) : '';
  const places = [folder, join(folder, '..'), join(folder, '../..'), join(folder, '../../dist')];
  const manifest = places.map((place) => join(place, 'install.yaml')).find((file) => existsSync(file));
  return `kubectl apply --server-side -f ${manifest ?? 'dist/install.yaml'}`;
}
