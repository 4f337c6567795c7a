import { labels, type Parameter, type Template } from './workflow.ts';

const componentMark = { 'pipelines.kubeflow.org/v2_component': 'true' };

/** Every pod of a run carries its id. */
export const podMetadata = (runId: string) => ({
  annotations: componentMark,
  labels: { [labels.runId]: runId, ...componentMark },
});

const mesh = { 'sidecar.istio.io/inject': 'false' };
export const dagMetadata = { annotations: { ...componentMark, ...mesh } };
const podAnnotations = (role: string) => ({
  annotations: { 'pipelines.kubeflow.org/runtime-role': role, ...componentMark, ...mesh },
});
const output = (name: string, fallback?: string): Parameter => ({
  name,
  valueFrom: { path: `/tmp/outputs/${name}`, ...(fallback !== undefined && { default: fallback }) },
});

/** The templates that every compiled pipeline has: drivers, and the executor around the user's container. */
export const systemTemplates: readonly Template[] = [
  {
    name: 'system-container-driver',
    container: { name: '', image: 'driver', command: ['driver'], args: ['--type', 'CONTAINER'] },
    inputs: {
      parameters: [
        ...['component', 'task', 'container', 'task-name', 'parent-dag-id'].map((name) => ({ name })),
        { name: 'iteration-index', default: '-1' },
        { name: 'kubernetes-config', default: '' },
      ],
    },
    outputs: {
      parameters: [
        output('pod-spec-patch', ''),
        { ...output('cached-decision', 'false'), default: 'false' },
        output('condition', 'true'),
      ],
    },
    metadata: podAnnotations('driver'),
  },
  {
    name: 'system-container-executor',
    dag: {
      tasks: [
        {
          name: 'executor',
          template: 'system-container-impl',
          arguments: { parameters: [{ name: 'pod-spec-patch', value: '{{inputs.parameters.pod-spec-patch}}' }] },
          when: '{{inputs.parameters.cached-decision}} != true',
        },
      ],
    },
    inputs: { parameters: [{ name: 'pod-spec-patch' }, { name: 'cached-decision', default: 'false' }] },
    outputs: {},
    metadata: dagMetadata,
  },
  {
    name: 'system-container-impl',
    container: {
      name: '',
      image: 'should-be-overridden-during-runtime',
      command: ['should-be-overridden-during-runtime'],
    },
    inputs: { parameters: [{ name: 'pod-spec-patch' }] },
    outputs: {},
    metadata: podAnnotations('launcher'),
  },
  {
    name: 'system-dag-driver',
    container: {
      name: '',
      image: 'driver',
      command: ['driver'],
      args: ['--type', '{{inputs.parameters.driver-type}}'],
    },
    inputs: {
      parameters: [
        { name: 'component' },
        { name: 'runtime-config', default: '' },
        { name: 'task', default: '' },
        { name: 'task-name', default: '' },
        { name: 'parent-dag-id', default: '0' },
        { name: 'iteration-index', default: '-1' },
        { name: 'driver-type', default: 'DAG' },
      ],
    },
    outputs: { parameters: [output('execution-id'), output('iteration-count', '0'), output('condition', 'true')] },
    metadata: podAnnotations('driver'),
  },
];
