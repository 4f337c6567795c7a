import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reinstallSwarm } from '../support/operator-under-test.ts';
import { projectRoot, testCluster } from '../support/test-cluster.ts';
import { removeSwarm } from './bare-cluster.ts';
import { must, run, testBed } from './programs.ts';

const cluster = testCluster();
const { kubectl } = cluster;
const installFile = join(projectRoot, 'dist/install.yaml');
const crdFile = join(projectRoot, 'dist/crds.yaml');

/** With what goes to standard error, where warnings are. */
const apply = (...args: readonly string[]) =>
  run(testBed('kubectl'), ['--kubeconfig', cluster.kubeconfig, 'apply', ...args]);

beforeAll(async () => {
  await must(process.execPath, [join(projectRoot, 'hack/write-manifests.ts')]);
}, 60_000);

afterAll(async () => {
  await kubectl.run('delete', '--ignore-not-found', '--wait=false', '-n', 'swarm-system', 'deployment/swarm-operator');
  await reinstallSwarm(cluster);
}, 120_000);

describe.each([
  ['kubectl apply', []],
  ['kubectl apply --server-side', ['--server-side']],
] as const)('install.yaml with %s', (_, flags) => {
  beforeAll(() => removeSwarm(cluster), 180_000);

  test('is taken without a warning, and a second time changes nothing', async () => {
    const first = await apply(...flags, '-f', installFile);
    expect(first).toMatchObject({ code: 0, complaints: '' });
    const objects = first.output.trim().split('\n');
    expect(objects.length).toBeGreaterThan(20);

    const versions = async () => {
      const seen = await kubectl.run('get', '-f', crdFile, '-o', 'jsonpath={.items[*].metadata.generation}');
      const deployment = await kubectl
        .in('swarm-system')
        .run('get', 'deployment', 'swarm-operator', '-o', 'jsonpath={.metadata.generation}');
      return `${seen} ${deployment}`;
    };
    const before = await versions();
    const second = await apply(...flags, '-f', installFile);
    expect(second).toMatchObject({ code: 0, complaints: '' });
    const word = flags.length === 0 ? ' unchanged' : ' serverside-applied';
    expect(
      second.output
        .trim()
        .split('\n')
        .filter((line) => !line.endsWith(word)),
    ).toEqual([]);
    expect(await versions()).toBe(before);
  });
});

test('the file of the kinds alone holds the six CRDs and nothing else', () => {
  const kinds = [...readFileSync(crdFile, 'utf8').matchAll(/^kind: (.*)$/gm)].map(([, kind]) => kind);
  expect(kinds).toEqual(Array.from({ length: 6 }, () => 'CustomResourceDefinition'));
});

test('no role says "everything"', () => {
  const roles = ['config/rbac/operator.yaml', 'config/rbac/installer.yaml', 'config/rbac/users.yaml'];
  for (const file of roles) expect(readFileSync(join(projectRoot, file), 'utf8')).not.toContain('*');
});

describe('the API server would take', () => {
  beforeAll(async () => {
    const crds = testBed('monitoring-crds');
    for (const plural of ['servicemonitors', 'prometheusrules']) {
      const file = `${crds}/monitoring.coreos.com_${plural}.yaml`;
      await kubectl.run('apply', '--server-side', '--force-conflicts', '-f', file);
      await kubectl.run('wait', '--for=condition=Established', '--timeout=30s', '-f', file);
    }
    await reinstallSwarm(cluster);
    if (!(await kubectl.exists('namespace', 'packaging-samples'))) {
      await kubectl.run('create', 'namespace', 'packaging-samples');
    }
  }, 120_000);
  afterAll(() => kubectl.run('delete', 'namespace', 'packaging-samples', '--wait=false'));

  test.each([
    ['config/default', []],
    ['config/samples', ['--namespace', 'packaging-samples']],
    ['config/prometheus', []],
    ['config/network-policy', []],
  ] as const)('%s', async (folder, flags) => {
    const ran = await apply(
      '--dry-run=server',
      '--server-side',
      '--force-conflicts',
      '--validate=strict',
      ...flags,
      '-k',
      join(projectRoot, folder),
    );
    expect(ran).toMatchObject({ code: 0, complaints: '' });
    expect(ran.output).toContain('server dry run');
  });
});
