import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { apiVersion, group, kinds } from '../../../src/api/group.ts';
import { anApproval } from '../../../src/testing/builders.ts';
import { projectRoot } from '../../support/test-cluster.ts';
import { waitFor } from '../../support/wait-for.ts';
import { ApiUnderTest } from './api-under-test.ts';

const operator = 'system:serviceaccount:swarm-system:swarm-operator';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await ApiUnderTest.start();
  await api.cluster.run('apply', '--server-side', '--force-conflicts', '-k', join(projectRoot, 'config/rbac'));
  await api.kubectl.run('apply', '-f', join(projectRoot, 'config/samples/team.yaml'));
  for (const role of ['view', 'edit', 'admin']) {
    await api.kubectl.run('create', 'rolebinding', role, `--clusterrole=${role}`, `--user=${role}-user`);
  }
});
afterAll(() => api.stop());

interface Question {
  readonly user: string;
  readonly verb: string;
  readonly resource: string;
  readonly group?: string;
  readonly namespace?: string;
  readonly name?: string;
}

async function may({ user, resource, ...question }: Question): Promise<boolean> {
  const [plural, subresource] = resource.split('/');
  const attributes = { group, namespace: api.namespace, ...question, resource: plural, subresource };
  const review = await api.connection.must<{ status: { allowed: boolean } }>(
    'POST',
    '/apis/authorization.k8s.io/v1/subjectaccessreviews',
    {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: { user, groups: ['system:authenticated'], resourceAttributes: attributes },
    },
  );
  return review.status.allowed;
}

const plurals = Object.values(kinds).map(({ plural }) => plural);

describe('the roles of people', () => {
  test('join view, edit and admin of the cluster', async () => {
    const joined = () => may({ user: 'admin-user', verb: 'create', resource: 'swarmconfigs' });
    expect(await waitFor('the roles are aggregated', joined, { withinMs: 30_000 })).toBe(true);
  });

  test.each(['view', 'edit', 'admin'])('%s may read every kind', async (role) => {
    for (const resource of plurals) expect(await may({ user: `${role}-user`, verb: 'list', resource })).toBe(true);
  });

  test.each([
    { role: 'view', verb: 'create', resource: 'conversations', allowed: false },
    { role: 'view', verb: 'create', resource: 'approvals', allowed: false },
    { role: 'view', verb: 'approve', resource: 'turns', allowed: false },
    { role: 'edit', verb: 'create', resource: 'conversations', allowed: true },
    { role: 'edit', verb: 'patch', resource: 'intents', allowed: true },
    { role: 'edit', verb: 'create', resource: 'turns', allowed: true },
    { role: 'edit', verb: 'patch', resource: 'turns', allowed: true },
    { role: 'edit', verb: 'delete', resource: 'turns', allowed: false },
    { role: 'edit', verb: 'create', resource: 'approvals', allowed: true },
    { role: 'edit', verb: 'approve', resource: 'turns', allowed: true },
    { role: 'edit', verb: 'create', resource: 'swarmconfigs', allowed: false },
    { role: 'admin', verb: 'approve', resource: 'turns', allowed: true },
    { role: 'admin', verb: 'patch', resource: 'swarmconfigs', allowed: true },
    { role: 'admin', verb: 'delete', resource: 'turns', allowed: true },
    { role: 'stranger', verb: 'list', resource: 'conversations', allowed: false },
  ])('$role: $verb $resource is $allowed', async ({ role, verb, resource, allowed }) => {
    expect(await may({ user: `${role}-user`, verb, resource })).toBe(allowed);
  });

  test.each(['view', 'edit', 'admin'])('%s writes no status: a journal cannot be made up', async (role) => {
    for (const plural of plurals) {
      expect(await may({ user: `${role}-user`, verb: 'patch', resource: `${plural}/status` })).toBe(false);
    }
  });
});

describe('the role of the operator', () => {
  test.each([
    { verb: 'watch', resource: 'conversations' },
    { verb: 'create', resource: 'turns' },
    { verb: 'update', resource: 'turns/status' },
    { verb: 'watch', resource: 'pipelineruns', group: 'tekton.dev' },
    { verb: 'create', resource: 'events', group: 'events.k8s.io' },
    { verb: 'impersonate', resource: 'serviceaccounts', group: '', name: 'swarm-runner' },
    { verb: 'impersonate', resource: 'serviceaccounts', group: '', name: 'swarm-trainer' },
    { verb: 'get', resource: 'secrets', group: '', name: 'swarm-model' },
    { verb: 'update', resource: 'leases', group: 'coordination.k8s.io', namespace: 'swarm-system' },
  ])('grants $verb $resource $name', async (question) => {
    expect(await may({ user: operator, ...question })).toBe(true);
  });

  test.each([
    { verb: 'list', resource: 'secrets', group: '' },
    { verb: 'get', resource: 'secrets', group: '', namespace: 'kube-system', name: 'any' },
    { verb: 'get', resource: 'secrets', group: '', name: 'other' },
    { verb: 'create', resource: 'pipelineruns', group: 'tekton.dev' },
    { verb: 'delete', resource: 'pipelineruns', group: 'tekton.dev' },
    { verb: 'impersonate', resource: 'serviceaccounts', group: '', name: 'default' },
    { verb: 'impersonate', resource: 'users', group: '', name: 'admin' },
    { verb: 'impersonate', resource: 'groups', group: '', name: 'system:masters' },
    { verb: 'create', resource: 'approvals' },
    { verb: 'patch', resource: 'turns/status' },
    { verb: 'approve', resource: 'turns' },
    { verb: 'delete', resource: 'conversations' },
    { verb: 'patch', resource: 'swarmconfigs' },
    { verb: 'create', resource: 'pods', group: '' },
    { verb: 'update', resource: 'leases', group: 'coordination.k8s.io', namespace: 'kube-system' },
  ])('does not grant $verb $resource $name', async (question) => {
    expect(await may({ user: operator, ...question })).toBe(false);
  });

  test('names every group, resource and verb', async () => {
    const text = await readFile(join(projectRoot, 'config/rbac/operator.yaml'), 'utf8');
    for (const document of parseAllDocuments(text)) {
      const { rules = [] } = document.toJS() as { rules?: Record<string, string[]>[] };
      expect(rules.flatMap((rule) => Object.values(rule).flat())).not.toContain('*');
    }
  });
});

describe('admission', () => {
  const bindings: string[] = [];
  beforeAll(async () => {
    bindings.push(await enforce('approvals.yaml'), await enforce('run-names.yaml'));
    await api.kubectl.run('create', 'role', 'writer', '--verb=get,create,patch', `--resource=approvals.${group}`);
    await api.kubectl.run('create', 'rolebinding', 'writer', '--role=writer', '--user=writer-user');
    const refused = () => decide('writer-user').then(() => false, isRefusal);
    await waitFor('the policy on Approvals is in force', refused, { withinMs: 30_000 });
    const named = () => startRun('swarm-abcdefghijklmnopqrstuvwxyz').then(() => false, isRefusal);
    await waitFor('the policy on names is in force', named, { withinMs: 30_000 });
  });
  afterAll(async () => {
    await api.kubectl.run('delete', 'validatingadmissionpolicybindings', ...bindings);
  });

  /** Installs the policy as shipped, bound to the namespace of this suite alone: other suites share the cluster. */
  async function enforce(file: string): Promise<string> {
    const text = await readFile(join(projectRoot, 'config/admission', file), 'utf8');
    const [policy, binding] = parseAllDocuments(text).map((document) => document.toJS() as Binding);
    if (policy === undefined || binding === undefined) throw new Error(`${file} has no policy and binding`);
    const name = `${binding.metadata.name}-${api.namespace}`;
    const here = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': api.namespace } } };
    await api.kubectl.apply(policy, '--server-side', '--force-conflicts');
    await api.kubectl.apply({ ...binding, metadata: { name }, spec: { ...binding.spec, matchResources: here } });
    return name;
  }

  const isRefusal = (error: unknown) => error instanceof Error && error.message.includes('ValidatingAdmissionPolicy');

  const decide = (user: string, spec: object = {}) => {
    const manifest = {
      apiVersion,
      kind: 'Approval',
      metadata: { name: 'decision' },
      spec: { ...anApproval().spec, ...spec },
    };
    return api.kubectl.apply(manifest, '--dry-run=server', '--validate=false', '--server-side', `--as=${user}`);
  };

  const startRun = (name: string, user?: string) => {
    const manifest = {
      apiVersion: 'tekton.dev/v1',
      kind: 'PipelineRun',
      metadata: { name },
      spec: { pipelineRef: { name: 'hello' } },
    };
    const identity = user === undefined ? [] : [`--as=${user}`];
    return api.kubectl.apply(manifest, '--dry-run=server', '--validate=false', '--server-side', ...identity);
  };

  test('refuses an Approval of somebody who may create one but not approve, and says what is missing', async () => {
    await expect(decide('writer-user')).rejects.toThrow(
      /writer-user may not decide about turn churn-0-aaaaa: the verb approve on turns of swarm\.mlops\.dev is needed/,
    );
  });

  test('takes an Approval of somebody with the verb', async () => {
    await api.kubectl.run('create', 'role', 'approver', '--verb=approve', `--resource=turns.${group}`);
    await api.kubectl.run('create', 'rolebinding', 'approver', '--role=approver', '--user=approver-user');
    await api.kubectl.run('create', 'rolebinding', 'approver-writes', '--role=writer', '--user=approver-user');
    const taken = () => decide('approver-user').then(() => true);
    expect(await waitFor('the roles are known', taken, { withinMs: 10_000 })).toBe(true);
  });

  test('refuses an Approval in the name of somebody else', async () => {
    await expect(decide('approver-user', { author: { username: 'edit-user' } })).rejects.toThrow(
      'spec.author.username',
    );
    await expect(decide('approver-user', { author: { username: 'approver-user' } })).resolves.toContain('decision');
  });

  test('keeps the names of runs for ServiceAccounts of the namespace', async () => {
    await expect(startRun('swarm-abcdefghijklmnopqrstuvwxyz')).rejects.toThrow('choose another name');
    const stranger = 'system:serviceaccount:default:swarm-runner';
    await api.kubectl.run('create', 'rolebinding', 'stranger', '--clusterrole=cluster-admin', `--user=${stranger}`);
    await expect(startRun('swarm-abcdefghijklmnopqrstuvwxyz', stranger)).rejects.toThrow('choose another name');
    const runner = `system:serviceaccount:${api.namespace}:swarm-runner`;
    await expect(startRun('swarm-abcdefghijklmnopqrstuvwxyz', runner)).resolves.toContain('serverside-applied');
  });

  test.each(['hello-1', 'swarm-hello', 'swarm-abcdefghijklmnopqrstuvwxyz-hello'])(
    'leaves the name %s to everybody',
    async (name) => {
      await expect(startRun(name)).resolves.toContain('serverside-applied');
    },
  );
});

interface Binding {
  readonly metadata: { readonly name: string };
  readonly spec: object;
}
