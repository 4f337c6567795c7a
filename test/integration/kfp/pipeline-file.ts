import { stringify } from 'yaml';

/** A compiled pipeline of tasks that run one after the other. */
export function pipelineFile(name: string, tasks: readonly string[]): string {
  const component = (task: string) => ({
    executorLabel: `exec-${task}`,
    outputDefinitions: {
      artifacts: { metrics: { artifactType: { schemaTitle: 'system.Metrics', schemaVersion: '0.0.1' } } },
    },
  });
  const executor = (task: string) => ({
    container: { image: 'python:3.11-slim', command: ['python', '-c', `print('${task}')`] },
  });
  const dagTask = (task: string, index: number) => ({
    componentRef: { name: `comp-${task}` },
    taskInfo: { name: task },
    ...(index > 0 && { dependentTasks: [tasks[index - 1]] }),
  });
  const each = <T>(make: (task: string, index: number) => T, prefix = '') =>
    Object.fromEntries(tasks.map((task, index) => [`${prefix}${task}`, make(task, index)]));
  return stringify({
    components: each(component, 'comp-'),
    deploymentSpec: { executors: each(executor, 'exec-') },
    pipelineInfo: { name },
    root: { dag: { tasks: each(dagTask) } },
    schemaVersion: '2.1.0',
    sdkVersion: 'kfp-2.17.0',
  });
}
