import type { Access } from '../tool.ts';

/** Object stores know no Kubernetes rights, so buckets are virtual resources of our own group (docs/architecture.md, "Gates"). */
export function bucketAccess(verb: 'get' | 'put'): readonly Access[] {
  return [{ verb, group: 'swarm.mlops.dev', resource: 'buckets' }];
}
