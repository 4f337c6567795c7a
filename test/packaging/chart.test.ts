import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { group } from '../../src/api/group.ts';
import { installSwarm } from '../support/operator-under-test.ts';
import { testCluster } from '../support/test-cluster.ts';
import { chart, Helm, must, testBed } from './programs.ts';
import { writeSchemas } from './schemas.ts';

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly annotations?: Record<string, string>;
  };
  readonly spec?: { readonly replicas?: number };
}

const valueSets = readdirSync(join(chart, 'ci')).map((name) => join(chart, 'ci', name));
const cluster = testCluster();
let helms: Record<'helm3' | 'helm4', Helm>;
let rendered: string;

beforeAll(async () => {
  helms = { helm3: new Helm('helm3'), helm4: new Helm('helm4') };
  // A ServiceMonitor is checked against its real schema.
  const crds = testBed('monitoring-crds');
  const wanted = ['servicemonitors', 'prometheusrules'].map((plural) => `${crds}/monitoring.coreos.com_${plural}.yaml`);
  for (const file of wanted) await cluster.kubectl.run('apply', '--server-side', '--force-conflicts', '-f', file);
  await cluster.kubectl.run(
    'wait',
    '--for=condition=Established',
    '--timeout=30s',
    ...wanted.flatMap((file) => ['-f', file]),
  );
  await installSwarm(cluster);
  rendered = mkdtempSync(join(tmpdir(), 'swarm-chart-'));
}, 120_000);

const manifestsOf = (text: string) =>
  parseAllDocuments(text)
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);

async function render(file: string): Promise<{ readonly path: string; readonly manifests: readonly Manifest[] }> {
  const text = await helms.helm4.template('--values', file);
  const path = join(rendered, basename(file));
  writeFileSync(path, text);
  return { path, manifests: manifestsOf(text) };
}

test('there are at least six sets of values', () => {
  expect(valueSets.length).toBeGreaterThanOrEqual(6);
});

describe.each(valueSets.map((file) => [basename(file, '-values.yaml'), file] as const))(
  'with the values %s',
  (_, file) => {
    test.each(['helm4', 'helm3'] as const)('%s finds nothing to complain of', async (version) => {
      const { output } = await helms[version].must('lint', chart, '--strict', '--values', file);
      expect(output).toContain('1 chart(s) linted, 0 chart(s) failed');
      expect(output).not.toContain('[WARNING]');
    });

    test('Helm 3 and Helm 4 render the same', async () => {
      const [four, three] = await Promise.all([
        helms.helm4.template('--values', file),
        helms.helm3.template('--values', file),
      ]);
      expect(manifestsOf(four)).toEqual(manifestsOf(three));
    });

    test('kubeconform accepts every manifest against the schemas of the API server', async () => {
      const { path, manifests } = await render(file);
      const schemas = await writeSchemas(cluster, manifests);
      const { output } = await must(testBed('tool', 'kubeconform'), [
        '-strict',
        '-summary',
        '-schema-location',
        `${schemas}/{{.Group}}-{{.ResourceAPIVersion}}-{{.ResourceKind}}.json`,
        path,
      ]);
      expect(output).toMatch(/Valid: (\d+), Invalid: 0, Errors: 0, Skipped: 0/);
      expect(Number(/Valid: (\d+)/.exec(output)?.[1])).toBe(manifests.length);
    });

    test('the API server would take every manifest', async () => {
      const { path, manifests } = await render(file);
      const namespaces = new Set(manifests.flatMap(({ metadata }) => metadata.namespace ?? []));
      for (const name of namespaces) {
        if (!(await cluster.kubectl.exists('namespace', name))) await cluster.kubectl.run('create', 'namespace', name);
      }
      // A pod is not even looked at while its account does not exist.
      for (const account of manifests.filter(({ kind }) => kind === 'ServiceAccount')) {
        await cluster.kubectl.apply(account, '--server-side', '--force-conflicts');
      }
      const flags = ['--dry-run=server', '--server-side', '--force-conflicts', '--validate=strict'];
      const output = await cluster.kubectl.run('apply', ...flags, '-f', path);
      expect(output.trim().split('\n')).toHaveLength(manifests.length);
    });
  },
);

describe('a mistaken value is refused by the schema, with its name', () => {
  test.each([
    ['an unknown name', ['--set', 'replica=2'], "'replica' not allowed"],
    ['an unknown name below another', ['--set', 'ha.enable=true'], "'enable' not allowed"],
    ['a text for a number', ['--set', 'replicas=two'], '/replicas'],
    ['a list of the wrong things', ['--set', 'rbac.namespaces={Team A}'], '/rbac/namespaces/0'],
    ['several namespaces', ['--set', 'rbac.namespaces={team-a,team-b}'], '/rbac/namespaces'],
    ['a span without a unit', ['--set', 'operator.gracePeriod=25'], '/operator/gracePeriod'],
    ['an address that is none', ['--set', 'model.baseURL=models.test'], '/model/baseURL'],
  ])('%s', async (_, flags, complaint) => {
    for (const helm of Object.values(helms)) {
      const { code, complaints } = await helm.run('template', 'swarm', chart, '--kube-version', '1.30.0', ...flags);
      expect(code).not.toBe(0);
      // Helm 3 writes paths with dots or slashes, by version.
      expect(complaints.replaceAll('.', '/')).toContain(complaint.replaceAll('.', '/'));
    }
  });

  test('a model without its name', async () => {
    const { complaints } = await helms.helm4.run(
      'template',
      'swarm',
      chart,
      '--set',
      'model.baseURL=http://models.test/v1',
    );
    expect(complaints).toContain('model.name is needed with model.baseURL');
  });
});

test('high availability is two replicas, a budget and different nodes', async () => {
  const { manifests } = await render(join(chart, 'ci/ha-values.yaml'));
  const deployment = manifests.find(({ kind }) => kind === 'Deployment');
  expect(deployment).toMatchObject({
    spec: {
      replicas: 2,
      template: {
        spec: { affinity: { podAntiAffinity: expect.anything() as object }, terminationGracePeriodSeconds: 100 },
      },
    },
  });
  const budget = manifests.find(({ kind }) => kind === 'PodDisruptionBudget');
  expect(budget).toMatchObject({ spec: { maxUnavailable: 1 } });
});

test('CRDs are kept on uninstall unless they are not to be', async () => {
  const crdsOf = async (...flags: readonly string[]) =>
    manifestsOf(await helms.helm4.template(...flags)).filter(({ kind }) => kind === 'CustomResourceDefinition');
  const kept = (await crdsOf()).map(({ metadata }) => metadata.annotations?.['helm.sh/resource-policy']);
  expect(kept).toEqual(Array.from({ length: 6 }, () => 'keep'));
  expect((await crdsOf('--set', 'crds.keep=false')).map(({ metadata }) => metadata.annotations)).not.toContainEqual(
    expect.objectContaining({ 'helm.sh/resource-policy': 'keep' }),
  );
  expect(await crdsOf('--set', 'crds.enabled=false')).toEqual([]);
});

test('an installation for one namespace asks for nothing of the cluster', async () => {
  const { manifests } = await render(join(chart, 'ci/namespaced-values.yaml'));
  const clusterWide = manifests.filter(({ kind }) => /^Cluster|Definition$|AdmissionPolicy/.test(kind));
  expect(clusterWide).toEqual([]);
  expect(manifests.every(({ metadata }) => metadata.namespace !== undefined)).toBe(true);
});

test('the chart tells Artifact Hub of every kind', async () => {
  const { output } = await helms.helm4.must('show', 'chart', chart);
  const [document] = parseAllDocuments(output);
  const { annotations } = document?.toJS() as { annotations: Record<string, string> };
  const told = parseAllDocuments(annotations['artifacthub.io/crds'] ?? '')[0]?.toJS() as { name: string }[];
  const crds = manifestsOf(await helms.helm4.template()).filter(({ kind }) => kind === 'CustomResourceDefinition');
  expect(told.map(({ name }) => name).sort()).toEqual(crds.map(({ metadata }) => metadata.name).sort());
  expect(told.every(({ name }) => name.endsWith(group))).toBe(true);
});
