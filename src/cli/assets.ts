import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { getRawAsset, isSea } from 'node:sea';

/** Files that drawing needs and that are no code. */
const files = {
  wasm: { name: 'resvg.wasm', inPackages: '@resvg/resvg-wasm/index_bg.wasm' },
  regular: { name: 'DejaVuSans.ttf', inPackages: 'dejavu-fonts-ttf/ttf/DejaVuSans.ttf' },
  bold: { name: 'DejaVuSans-Bold.ttf', inPackages: 'dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf' },
} as const;

export const drawingAssets = {
  wasm: () => asset(files.wasm),
  fonts: () => Promise.all([asset(files.regular), asset(files.bold)]),
};

async function asset({ name, inPackages }: (typeof files)[keyof typeof files]): Promise<Uint8Array> {
  if (isSea()) return new Uint8Array(getRawAsset(name));
  // Beside the bundle; in a checkout they are in their packages.
  const beside = join(import.meta.dirname, 'assets', name);
  return readFile(existsSync(beside) ? beside : createRequire(import.meta.url).resolve(inPackages));
}
