import type { Access } from '../tool.ts';

/** The rights that Kubeflow Pipelines itself checks: verbs on resources of group pipelines.kubeflow.org. */
export function kfpAccess(
  verb: string,
  resource: 'pipelines' | 'experiments' | 'runs' | 'jobs' | 'viewers',
): readonly Access[] {
  return [{ verb, group: 'pipelines.kubeflow.org', resource }];
}

/** What it takes to look behind a run: its Workflow, pods and Events, as far as the cluster lets the run-as account. */
export const insightAccess: readonly Access[] = [
  ...kfpAccess('get', 'runs'),
  { verb: 'list', group: 'argoproj.io', resource: 'workflows' },
  { verb: 'list', group: '', resource: 'pods' },
  { verb: 'get', group: '', resource: 'pods/log' },
  { verb: 'list', group: '', resource: 'events' },
];
