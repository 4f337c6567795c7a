import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildPluginScript, pluginAssets } from '../build/plugin.ts';

/** Names of Node's platforms, with those of Go, which krew uses. */
export const platforms = {
  'linux-x64': { os: 'linux', arch: 'amd64', executable: 'kubectl-swarm', node: 'bin/node' },
  'linux-arm64': { os: 'linux', arch: 'arm64', executable: 'kubectl-swarm', node: 'bin/node' },
  'win-x64': { os: 'windows', arch: 'amd64', executable: 'kubectl-swarm.exe', node: 'bin/node.exe' },
} as const;
export type PlatformName = keyof typeof platforms;

export interface Archive {
  readonly file: string;
  readonly sha256: string;
  readonly platform: (typeof platforms)[PlatformName];
}

/** By which Node finds the program inside its own executable (https://nodejs.org/docs/latest-v24.x/api/single-executable-applications.html). */
const sentinel = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

/** A tar.gz with the executable, kubectl's completion program and the licence. */
export async function archiveOf(
  name: PlatformName,
  { version, destination }: { readonly version: string; readonly destination: string },
): Promise<Archive> {
  const platform = platforms[name];
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-swarm-'));
  try {
    const content = join(folder, 'content');
    mkdirSync(content);
    const executable = join(content, platform.executable);
    copyFileSync(nodeOf(name, folder), executable);
    chmodSync(executable, 0o755);
    await inject(executable, await blobFor(name, folder));
    copyFileSync('LICENSE', join(content, 'LICENSE'));
    const file = `${destination}/kubectl-swarm_${version}_${platform.os}_${platform.arch}.tar.gz`;
    execFileSync('tar', ['--create', '--gzip', '--owner=0', '--group=0', '--file', file, '--directory', content, '.']);
    return { file, platform, sha256: createHash('sha256').update(readFileSync(file)).digest('hex') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The Node that the project is developed with; for other machines than this one it comes from the same npm packages. */
function nodeOf(name: PlatformName, folder: string): string {
  const { platform, arch, version } = process;
  if (name === `${platform}-${arch}`) return process.execPath;
  execFileSync('npm', ['pack', `node-${name}@${version.slice(1)}`, '--silent', '--pack-destination', folder]);
  execFileSync('tar', [
    '--extract',
    '--file',
    join(folder, `node-${name}-${version.slice(1)}.tgz`),
    '--directory',
    folder,
  ]);
  return join(folder, 'package', platforms[name].node);
}

async function blobFor(name: PlatformName, folder: string): Promise<Buffer> {
  const main = join(folder, 'kubectl-swarm.cjs');
  await buildPluginScript(main);
  const settings = {
    main,
    output: join(folder, 'blob'),
    disableExperimentalSEAWarning: true,
    // Compiled code fits one platform only.
    useCodeCache: name === `${process.platform}-${process.arch}`,
    assets: pluginAssets,
  };
  writeFileSync(join(folder, 'sea.json'), JSON.stringify(settings));
  execFileSync(process.execPath, ['--experimental-sea-config', join(folder, 'sea.json')], { stdio: 'ignore' });
  return readFileSync(settings.output);
}

type Inject = (
  ...parameters: [file: string, resource: string, data: Buffer, options: { readonly sentinelFuse: string }]
) => Promise<void>;

async function inject(executable: string, blob: Buffer): Promise<void> {
  const postject = createRequire(import.meta.url)('postject') as { readonly inject: Inject };
  await postject.inject(executable, 'NODE_SEA_BLOB', blob, { sentinelFuse: sentinel });
}
