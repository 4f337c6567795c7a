import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { createMetrics } from '../../../src/base/metrics.ts';
import { type ClosableKubeClient, createKubeClient } from '../../../src/kube/client-node-adapter.ts';
import { replay } from '../../kfp/replay/replay.ts';
import { readRecorded, type RecordedLine } from '../../kfp/replay/recorded-lines.ts';
import { kubeReviews } from '../../kfp/simulator/kubernetes/kube-reviews.ts';
import { type TestCluster, testCluster } from '../../support/test-cluster.ts';

const audience = 'pipelines.kubeflow.org';
/** The recording's namespace; rights in it are this test's alone, because they name its users. */
const namespace = 'team-a';

const role = (name: string, verbs: readonly string[]) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'Role',
  metadata: { name, namespace },
  rules: [{ apiGroups: [audience], resources: ['*'], verbs }],
});
const binding = (name: string, subjects: readonly object[]) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  metadata: { name, namespace },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
  subjects,
});
const user = (name: string) => ({ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name });
const account = (name: string) => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } });

const objects = [
  account('editor'),
  account('nobody'),
  role('kfp-edit', ['*']),
  role('kfp-view', ['get', 'list']),
  binding('kfp-edit', [user('alice@kfp.test'), { kind: 'ServiceAccount', name: 'editor', namespace }]),
  binding('kfp-view', [user('bob@kfp.test')]),
];

/** What stands for a token in the recording; which token it was, the case says. */
const tokenCases: Readonly<Record<string, { readonly account: string; readonly audience?: string }>> = {
  'token with another audience': { account: 'editor', audience: 'somebody-else' },
  'token of an account without rights': { account: 'nobody' },
};

describe('the simulator in multi-user mode, with the rights of a real cluster', () => {
  let cluster: TestCluster;
  let kube: ClosableKubeClient;
  const tokens = new Map<string, string>();

  const tokenFor = async (name: string, forAudience: string) => {
    const created = await cluster.kubectl.run(
      ...['create', 'token', name, '--namespace', namespace, '--audience', forAudience, '--duration', '10m'],
    );
    return created.trim();
  };

  let isOurs = false;

  beforeAll(async () => {
    cluster = testCluster();
    isOurs = !(await cluster.kubectl.exists('namespace', namespace));
    await cluster.kubectl.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    for (const object of objects) await cluster.kubectl.apply(object);
    kube = createKubeClient({
      kubeconfig: cluster.kubeconfig,
      clock: systemClock,
      metrics: createMetrics(),
      userAgent: 'kfp-simulator',
    });
    tokens.set('editor', await tokenFor('editor', audience));
    for (const [name, token] of Object.entries(tokenCases)) {
      tokens.set(name, await tokenFor(token.account, token.audience ?? audience));
    }
  });
  afterAll(async () => {
    kube.close();
    // The name is the recording's: somebody else's namespace of that name is left as it was.
    for (const object of objects) await cluster.kubectl.pipe(JSON.stringify(object), 'delete', '-f', '-');
    if (isOurs) await cluster.kubectl.run('delete', 'namespace', namespace, '--timeout=60s');
  });

  const headersOf = ({ case: name, request }: RecordedLine): Readonly<Record<string, string>> => {
    const headers = request?.headers ?? {};
    if (headers['authorization'] !== 'Bearer <token>' || name === 'garbage bearer token') return headers;
    return { ...headers, authorization: `Bearer ${tokens.get(name) ?? tokens.get('editor') ?? ''}` };
  };

  test('gives the recorded answers', async () => {
    const { compared, disagreements } = await replay({
      lines: readRecorded(['11-multi-user']),
      switches: [],
      headersOf,
      simulator: {
        multiUser: { reviews: kubeReviews(kube), userHeader: 'kubeflow-userid', userPrefix: '' },
        settings: { agent: false, argo: false, scheduler: false },
      },
    });
    console.log(`multi-user: ${compared - disagreements.length} of ${compared} recorded lines agree`);
    expect(disagreements).toEqual([]);
  });
});
