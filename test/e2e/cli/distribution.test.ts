import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot, testCluster } from '../../support/test-cluster.ts';
import { createTeamNamespace, type TeamNamespace } from '../../support/team-namespace.ts';
import { installSwarm } from '../../support/operator-under-test.ts';

const release = join(projectRoot, 'dist/release');

describe('the plugin as it is released', () => {
  const cluster = testCluster();
  const home = mkdtempSync(join(tmpdir(), 'kubectl-swarm-'));
  const environment: NodeJS.ProcessEnv = { ...process.env, HOME: home, KUBECONFIG: cluster.kubeconfig };
  let team: TeamNamespace;

  beforeAll(async () => {
    execFileSync(process.execPath, ['hack/package-plugin.ts'], { cwd: projectRoot, stdio: 'ignore' });
    await installSwarm(cluster);
    team = await createTeamNamespace(cluster.kubectl, 'plugin');
    for (const name of ['churn-a', 'churn-b']) {
      const metadata = { name };
      await team.kubectl.apply({ apiVersion: 'swarm.mlops.dev/v1alpha1', kind: 'Conversation', metadata, spec: {} });
    }
  }, 240_000);

  afterAll(async () => {
    await team.remove();
    rmSync(home, { recursive: true });
  });

  const run = (program: string, args: readonly string[], path: string) =>
    spawnSync(program, args, {
      encoding: 'utf8',
      input: '',
      env: { ...environment, PATH: `${path}:${process.env['PATH'] ?? ''}` },
    });

  it('is installed by krew from its own manifest, and helps as a part of kubectl', () => {
    const root = join(home, 'krew');
    environment['KREW_ROOT'] = root;
    const krew = execFileSync(`${projectRoot}/hack/test-bed/test-bed.sh`, ['tool', 'krew'], { encoding: 'utf8' });
    const archive = readdirSync(release).find((name) => name.endsWith('.tar.gz')) ?? '';
    // It calls itself as kubectl's plugin.
    mkdirSync(root);
    symlinkSync(krew.trim(), join(root, 'kubectl-krew'));
    const sources = [`--manifest=${release}/swarm.yaml`, `--archive=${release}/${archive}`];
    const installed = run(join(root, 'kubectl-krew'), ['install', ...sources], root);
    expect(installed.stderr).toContain('Installed plugin: swarm');

    const help = run('kubectl', ['swarm', '--help'], join(root, 'bin'));
    expect(help).toMatchObject({ status: 0, stderr: '' });
    expect(help.stdout).toMatch(/^Usage: kubectl swarm \[command\]/);
  });

  it('completes commands and names of the cluster through kubectl', () => {
    const bin = join(home, 'krew', 'bin');
    const installed = run('kubectl', ['swarm', 'completion', 'install', '--dir', bin], bin);
    expect(installed).toMatchObject({ status: 0 });

    const words = (...typed: string[]) =>
      run('kubectl', ['__complete', 'swarm', ...typed], bin)
        .stdout.split('\n')
        .map((line) => line.split('\t', 1)[0]);
    expect(words('cha')).toEqual(expect.arrayContaining(['chat', ':4']));
    expect(words('show', '-n', team.name, 'churn')).toEqual(expect.arrayContaining(['churn-a', 'churn-b', ':4']));
  });

  it('is an npm package without dependencies, too', () => {
    const file = readdirSync(release).find((name) => name.endsWith('.tgz')) ?? '';
    const prefix = join(home, 'npm');
    const offline = ['--offline', '--no-audit', '--no-fund'];
    execFileSync('npm', ['install', '--global', '--prefix', prefix, ...offline, join(release, file)], {
      stdio: 'ignore',
    });

    const version = run('kubectl', ['swarm', 'version'], join(prefix, 'bin'));
    expect(version).toMatchObject({ status: 0 });
    expect(version.stdout).toMatch(/^plugin: 0\.\d+\.\d+$/m);
    expect(readdirSync(join(prefix, 'lib/node_modules'))).toEqual(['kubectl-swarm']);
  });
});
