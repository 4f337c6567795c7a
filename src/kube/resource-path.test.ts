import { expect, test } from 'vitest';
import { collectionPath, objectPath, withQuery } from './resource-path.ts';
import { resourceTypes } from './resource-types.ts';

const { pod, pipelineRun, namespace } = resourceTypes;

test.each([
  [collectionPath(pod, 'team-a'), '/api/v1/namespaces/team-a/pods'],
  [collectionPath(pod, undefined), '/api/v1/pods'],
  [collectionPath(namespace, undefined), '/api/v1/namespaces'],
  [objectPath(pipelineRun, { namespace: 'a', name: 'r' }), '/apis/tekton.dev/v1/namespaces/a/pipelineruns/r'],
  [objectPath(namespace, { name: 'team-a' }), '/api/v1/namespaces/team-a'],
  [withQuery('/x', { limit: 5, labelSelector: 'a=b,c', dryRun: undefined }), '/x?limit=5&labelSelector=a%3Db%2Cc'],
])('%s', (path, want) => {
  expect(path).toBe(want);
});

test.each([
  ['nothing', ''],
  ['the parent', '..'],
  ['itself', '.'],
])('a name that is %s is refused, for it would lead to another resource', (_name, name) => {
  expect(() => objectPath(pod, { namespace: 'team-a', name })).toThrow('is not a name');
});

test('a slash in a name stays within the name', () => {
  const path = objectPath(pod, { namespace: 'team-a', name: '../../kube-system/pods/x' });
  expect(path).toBe('/api/v1/namespaces/team-a/pods/..%2F..%2Fkube-system%2Fpods%2Fx');
});

test('an object of a namespaced kind needs its namespace', () => {
  expect(() => objectPath(pod, { name: 'p' })).toThrow('lacks a namespace');
});
