#!/usr/bin/env node
// Packs plain files into a container image (a docker-archive), without a builder, an engine or a registry.
// The result depends on the contents only and is kept under their hash: packing the same files again is free.
//
//   pack.mjs --name REF --cache FOLDER [options]      prints the path of the archive
//     --base ARCHIVE            start from the layers and settings of another archive
//     --file SOURCE:PATH[:MODE] add a file; mode in octal, default: executable or not, as the source
//     --link TARGET:PATH        add a symbolic link
//     --directory PATH[:MODE]   add an empty folder
//     --entrypoint WORD         repeat for each word
//     --env NAME=VALUE --user UID[:GID] --workdir PATH
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { posix } from 'node:path';
import { parseArgs } from 'node:util';
import { readTar, tar } from './tar.mjs';

const many = { type: 'string', multiple: true, default: [] };
const { values: options } = parseArgs({
  options: {
    name: { type: 'string' },
    cache: { type: 'string' },
    base: { type: 'string' },
    file: many,
    link: many,
    directory: many,
    entrypoint: many,
    env: many,
    user: { type: 'string' },
    workdir: { type: 'string' },
  },
});
if (!options.name || !options.cache) throw new Error('--name and --cache are needed');

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex');

/** Everything the image will contain, sorted by path, with the folders in between. */
function layerEntries() {
  const entries = new Map();
  const add = (path, entry) => {
    const name = posix.normalize(path).replace(/^\/+/, '');
    for (let parent = posix.dirname(name); parent !== '.'; parent = posix.dirname(parent)) {
      if (!entries.has(parent)) entries.set(parent, { name: parent, type: 'directory', mode: 0o755 });
    }
    entries.set(name, { name, ...entry });
  };
  for (const value of options.directory) {
    const [path, mode = '755'] = value.split(':');
    add(path, { type: 'directory', mode: parseInt(mode, 8) });
  }
  for (const value of options.file) {
    const [source, path, mode] = value.split(':');
    const executable = (statSync(source).mode & 0o111) !== 0;
    add(path, {
      type: 'file',
      mode: mode ? parseInt(mode, 8) : executable ? 0o755 : 0o644,
      data: readFileSync(source),
    });
  }
  for (const value of options.link) {
    const [target, path] = value.split(':');
    add(path, { type: 'link', mode: 0o777, target });
  }
  return [...entries.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Layers and settings of the base image, or those of an empty one. */
function baseImage() {
  if (!options.base) return { layers: [], settings: { Env: ['PATH=/usr/local/bin:/usr/bin:/bin'], User: '0' } };
  const files = readTar(readFileSync(options.base));
  const [manifest] = JSON.parse(files.get('manifest.json').toString());
  const { config } = JSON.parse(files.get(manifest.Config).toString());
  return { layers: manifest.Layers.map((name) => files.get(name)), settings: config };
}

function pack(layer) {
  const base = baseImage();
  const layers = [...base.layers, layer].map((data) => ({ data, digest: sha256(data) }));
  const config = JSON.stringify({
    created: '1970-01-01T00:00:00Z',
    architecture: { x64: 'amd64' }[process.arch] ?? process.arch,
    os: 'linux',
    config: {
      ...base.settings,
      Env: [...base.settings.Env, ...options.env],
      ...(options.entrypoint.length > 0 && { Entrypoint: options.entrypoint }),
      ...(options.user && { User: options.user }),
      ...(options.workdir && { WorkingDir: options.workdir }),
    },
    rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => `sha256:${digest}`) },
  });
  const configName = `${sha256(config)}.json`;
  const manifest = [
    { Config: configName, RepoTags: [options.name], Layers: layers.map(({ digest }) => `${digest}/layer.tar`) },
  ];
  return tar([
    { name: 'manifest.json', type: 'file', mode: 0o644, data: Buffer.from(JSON.stringify(manifest)) },
    { name: configName, type: 'file', mode: 0o644, data: Buffer.from(config) },
    ...layers.map(({ data, digest }) => ({ name: `${digest}/layer.tar`, type: 'file', mode: 0o644, data })),
  ]);
}

const layer = tar(layerEntries());
const packer = readFileSync(new URL(import.meta.url));
const { file, cache, ...settings } = options;
const key = sha256(packer, JSON.stringify(settings), layer).slice(0, 16);
const stem = options.name.replaceAll(/[/:]/g, '_');
const archive = posix.join(cache, `${stem}-${key}.tar`);

if (!existsSync(archive)) {
  mkdirSync(cache, { recursive: true });
  writeFileSync(`${archive}.${process.pid}`, pack(layer));
  renameSync(`${archive}.${process.pid}`, archive);
  // Earlier contents under the same name: large, and nobody asks for them again.
  for (const other of readdirSync(cache)) {
    if (other.startsWith(`${stem}-`) && /-[0-9a-f]{16}\.tar$/.test(other) && posix.join(cache, other) !== archive) {
      rmSync(posix.join(cache, other));
    }
  }
}
console.log(archive);
