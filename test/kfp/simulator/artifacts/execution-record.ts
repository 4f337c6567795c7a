import { type ComponentIr } from '../api/pipeline-template.ts';
import { type EndedPod } from '../workflows/ended-pod.ts';
import { type TaskScript } from '../workflows/task-script.ts';
import { type Parameter, podNameOf, runIdOf, type Workflow } from '../workflows/workflow.ts';
import { type World } from '../world.ts';
import { type MetadataContext, type MetadataExecution, type MetadataValue, type Properties } from './metadata-store.ts';

const states = { complete: 3, failed: 4, cached: 5 } as const;
const live = 2;

/** What driver and launcher leave in ML Metadata and in the object store when a task has ended. */
export async function recordExecution(world: World, pod: EndedPod): Promise<void> {
  const { node, script } = pod;
  if (node.templateName === 'system-dag-driver') recordDag(world, pod);
  if (node.templateName === 'system-container-driver' && script.isCached) await recordTask(world, pod, states.cached);
  if (node.templateName !== 'system-container-impl') return;
  await recordTask(world, pod, pod.succeeded ? states.complete : states.failed);
}

function contextOf(world: World, workflow: Workflow): MetadataContext {
  const { namespace } = workflow.metadata;
  const root = `minio://${world.bucket}/v2/artifacts/${pipelineOf(workflow)}/${runIdOf(workflow)}`;
  return world.metadata.runContext(runIdOf(workflow), {
    namespace: text(namespace),
    pipeline_root: text(root),
    resource_name: text('workflows'),
  });
}

function recordDag(world: World, { workflow, task, node }: EndedPod): void {
  world.metadata.addExecution(contextOf(world, workflow), {
    type: 'system.DAGExecution',
    name: `${runIdOf(workflow)}/${node.id}`,
    last_known_state: states.complete,
    custom_properties: { display_name: text(task), task_name: text(task), inputs: struct({}) },
  });
}

async function recordTask(world: World, pod: EndedPod, state: number): Promise<void> {
  const { workflow, task, node, script } = pod;
  const pod_name = podNameOf(workflow.metadata.name, node);
  const execution = world.metadata.addExecution(contextOf(world, workflow), {
    type: 'system.ContainerExecution',
    name: `${runIdOf(workflow)}/${node.id}`,
    last_known_state: state,
    custom_properties: {
      display_name: text(task),
      task_name: text(task),
      pod_name: text(state === states.cached ? '' : pod_name),
      namespace: text(workflow.metadata.namespace),
      inputs: struct(inputsOf(workflow)),
      outputs: struct(script.outputs ?? {}),
      ...(state === states.cached && { cached_execution_id: text('1') }),
    },
  });
  if (state !== states.failed) await recordArtifacts(world, pod, execution);
}

async function recordArtifacts(world: World, pod: EndedPod, execution: MetadataExecution): Promise<void> {
  const { workflow, task, script } = pod;
  const declared = Object.entries(componentOf(workflow, task)?.outputDefinitions?.artifacts ?? {});
  for (const [name, { artifactType }] of declared) {
    const key = `v2/artifacts/${pipelineOf(workflow)}/${runIdOf(workflow)}/${task}/${execution.id}/${name}`;
    world.metadata.addArtifact(execution, name, {
      type: artifactType?.schemaTitle ?? 'system.Artifact',
      uri: `minio://${world.bucket}/${key}`,
      state: live,
      custom_properties: { display_name: text(name), ...measured(script, name) },
    });
    await world.objects.put(key, script.artifacts?.[name] ?? `${name} of ${task}\n`);
  }
}

/** What the user's code logs into an artifact: numbers, confusion matrices, curves. */
function measured({ metrics = {}, classification = {} }: TaskScript, name: string): Properties {
  const scalars = Object.entries(metrics[name] ?? {}).map(([metric, value]) => [metric, { double_value: value }]);
  const shapes = Object.entries(classification[name] ?? {}).map(([field, value]) => [field, struct(value as object)]);
  return Object.fromEntries([...scalars, ...shapes]) as Properties;
}

/** Found in the task's own arguments, as the driver finds it. */
function componentOf({ spec }: Workflow, task: string): ComponentIr | undefined {
  const drivers = spec.templates.flatMap(({ dag }) => dag?.tasks ?? []);
  const driver = drivers.find(({ name }) => name === `${task}-driver`);
  const reference = valueOf(driver?.arguments?.parameters, 'component') ?? '';
  const [, parameter = ''] = /\{\{workflow\.parameters\.(.+)\}\}/u.exec(reference) ?? [];
  const component = valueOf(spec.arguments?.parameters, parameter);
  return component === undefined ? undefined : (JSON.parse(component) as ComponentIr);
}

const valueOf = (parameters: readonly Parameter[] | undefined, wanted: string) =>
  parameters?.find(({ name }) => name === wanted)?.value;

function inputsOf(workflow: Workflow): object {
  const tasks = workflow.spec.templates.find(({ name }) => name === 'entrypoint')?.dag?.tasks ?? [];
  const config = valueOf(tasks[0]?.arguments?.parameters, 'runtime-config');
  return config === undefined ? {} : (JSON.parse(config) as { parameterValues: object }).parameterValues;
}

const pipelineOf = ({ metadata }: Workflow) => (metadata.generateName ?? `${metadata.name}-`).replace(/-$/u, '');
const text = (value: string): MetadataValue => ({ string_value: value });
const struct = (value: object): MetadataValue => ({ struct_value: value });
