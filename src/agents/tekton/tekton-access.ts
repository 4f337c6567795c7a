import type { Access } from '../tool.ts';

export function tektonAccess(verb: string, resource: 'pipelines' | 'pipelineruns' | 'taskruns'): Access {
  return { verb, group: 'tekton.dev', resource };
}

/** What it takes to look behind a run: its TaskRuns, their pods, logs and events. */
export const insightAccess: readonly Access[] = [
  tektonAccess('get', 'pipelineruns'),
  tektonAccess('list', 'taskruns'),
  { verb: 'get', group: '', resource: 'pods' },
  { verb: 'get', group: '', resource: 'pods/log' },
];
