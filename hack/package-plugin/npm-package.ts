import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';

/** The bundle as an npm package without dependencies. @returns the path of the package file. */
export function packNpm({ version, destination }: { readonly version: string; readonly destination: string }): string {
  const folder = 'dist/npm';
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync('dist/cli', folder, { recursive: true });
  cpSync('LICENSE', `${folder}/LICENSE`);
  const manifest = {
    name: 'kubectl-swarm',
    version,
    description: 'kubectl swarm: talk to the agents of an ML platform.',
    license: 'Apache-2.0',
    type: 'module',
    engines: { node: '>=24' },
    bin: { 'kubectl-swarm': 'kubectl-swarm.mjs' },
  };
  writeFileSync(`${folder}/package.json`, `${JSON.stringify(manifest, null, 2)}\n`);
  writeFileSync(
    `${folder}/README.md`,
    '# kubectl swarm\n\nTalk to the agents of an ML platform: `kubectl swarm --help`.\n',
  );
  const [file = ''] = execFileSync('npm', ['pack', `./${folder}`, '--silent', '--pack-destination', destination], {
    encoding: 'utf8',
  }).split('\n');
  return `${destination}/${file}`;
}
