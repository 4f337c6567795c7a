import type { Access } from '../tool.ts';

/** The rights that Kubeflow Pipelines itself checks: verbs on resources of group pipelines.kubeflow.org. */
export function kfpAccess(
  verb: string,
  resource: 'pipelines' | 'experiments' | 'runs' | 'jobs' | 'viewers',
): readonly Access[] {
  return [{ verb, group: 'pipelines.kubeflow.org', resource }];
}
