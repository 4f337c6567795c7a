import { createHash } from 'node:crypto';
import { type ComponentIr, type PipelineIr, type PipelineTemplate, type TaskIr } from '../api/pipeline-template.ts';
import { without } from './without.ts';
import { dagMetadata, podMetadata, systemTemplates } from './system-templates.ts';
import { type DagTask, labels, type Parameter, type Template, type Workflow, type WorkflowSpec } from './workflow.ts';

export interface WorkflowRequest {
  readonly template: PipelineTemplate;
  readonly namespace: string;
  readonly runId: string;
  readonly runName: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly serviceAccount: string;
  /** Five characters that make the name unique, by the prefix they follow. */
  readonly suffix: (generateName: string) => string;
}

const runNameAnnotation = 'pipelines.kubeflow.org/run_name';

/** The Workflow that the API server makes of a pipeline: the shapes of KFP's Argo compiler. */
export function compileWorkflow(request: WorkflowRequest): Workflow {
  const generateName = generateNameOf(request.template);
  const spec = request.template.kind === 'argo' ? argoSpec(request) : irSpec(request.template.spec, request);
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Workflow',
    metadata: {
      name: `${generateName}${request.suffix(generateName)}`,
      generateName,
      namespace: request.namespace,
      labels: { [labels.runId]: request.runId },
      annotations: { [runNameAnnotation]: request.runName },
    },
    spec,
    status: { startedAt: null, finishedAt: null },
  };
}

export function generateNameOf(template: PipelineTemplate): string {
  if (template.kind === 'argo') return template.workflow.metadata?.generateName ?? 'pipeline-';
  return `${template.spec.pipelineInfo.name.toLowerCase().replaceAll(/[^a-z0-9-]+/gu, '-')}-`;
}

/** What tasks see as parameters: the given ones over the declared defaults. */
export function effectiveParameters(
  spec: PipelineIr,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const declared = Object.entries(spec.root.inputDefinitions?.parameters ?? {});
  const defaults = declared.flatMap(([name, { defaultValue }]) =>
    defaultValue === undefined ? [] : [[name, defaultValue]],
  );
  return { ...(Object.fromEntries(defaults) as Record<string, unknown>), ...given };
}

function argoSpec({ template, runId, serviceAccount }: WorkflowRequest): WorkflowSpec {
  const { spec } = template.kind === 'argo' ? template.workflow : { spec: {} };
  const own = spec as WorkflowSpec;
  return { ...own, serviceAccountName: own.serviceAccountName ?? serviceAccount, podMetadata: podMetadata(runId) };
}

function irSpec(ir: PipelineIr, { runId, parameters, serviceAccount }: WorkflowRequest): WorkflowSpec {
  const compiler = new Compiler(ir, effectiveParameters(ir, parameters));
  const templates = compiler.compile();
  return {
    entrypoint: 'entrypoint',
    arguments: { parameters: compiler.parameters },
    podMetadata: podMetadata(runId),
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    serviceAccountName: serviceAccount,
    templates,
  };
}

class Compiler {
  readonly parameters: Parameter[] = [];
  readonly #ir: PipelineIr;
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #templates = new Map<string, Template>();

  constructor(ir: PipelineIr, values: Readonly<Record<string, unknown>>) {
    this.#ir = ir;
    this.#values = values;
  }

  compile(): readonly Template[] {
    for (const template of systemTemplates) this.#templates.set(template.name, template);
    this.#dag('root', this.#ir.root);
    this.#addParameter('components-root', this.#ir.root);
    const runtimeConfig = JSON.stringify({ parameterValues: this.#values });
    this.#addDag('entrypoint', [
      driverTask('root-driver', { component: 'components-root', type: 'ROOT_DAG', 'runtime-config': runtimeConfig }),
      { ...dagTask('root', 'root', 'root-driver'), depends: 'root-driver.Succeeded' },
    ]);
    return [...this.#templates.values()];
  }

  #addDag(name: string, tasks: readonly DagTask[]): void {
    const inputs = name === 'entrypoint' ? {} : { parameters: [{ name: 'parent-dag-id' }] };
    this.#templates.set(name, { name, inputs, outputs: {}, metadata: dagMetadata, dag: { tasks } });
  }

  /** Tasks with a policy to run in any case become exit hooks of the task they wait for. */
  #dag(name: string, component: ComponentIr): void {
    const tasks = Object.entries(component.dag?.tasks ?? {});
    const hooks = tasks.filter(([, task]) => isExitTask(task));
    const compiled = tasks.filter(([, task]) => !isExitTask(task)).flatMap(([task, ir]) => this.#task(task, ir));
    this.#addDag(
      name,
      compiled.map((task) => this.#withHook(name, task, hooks)),
    );
  }

  #withHook(dag: string, task: DagTask, hooks: readonly (readonly [string, TaskIr])[]): DagTask {
    const hook = hooks.find(([, ir]) => ir.dependentTasks?.includes(task.name));
    if (!hook) return task;
    const [name, ir] = hook;
    const template = `exit-hook-${dag}-${name}`;
    const independent = without(ir, 'dependentTasks');
    this.#addDag(template, this.#task(name, independent));
    return { ...task, hooks: { exit: { template } } };
  }

  #task(name: string, task: TaskIr): DagTask[] {
    const { name: reference } = task.componentRef;
    const component = this.#ir.components?.[reference];
    if (!component) throw new Error(`the pipeline has no component ${reference}`);
    const depends = dependencyOf(task);
    if (component.dag) return this.#dagTasks({ name, task, reference, component, depends });
    const hash = createHash('sha256')
      .update(JSON.stringify([reference, component]))
      .digest('hex');
    this.#addParameter(`components-${hash}`, component);
    const executor = this.#ir.deploymentSpec?.executors?.[component.executorLabel ?? ''];
    this.#addParameter(`implementations-${hash}`, executor?.container ?? {});
    const driver = containerDriverTask(name, { hash, task });
    return [depends === undefined ? driver : { ...driver, depends }, executorTask(name)];
  }

  #dagTasks({ name, task, reference, component, depends }: NestedDag): DagTask[] {
    this.#addParameter(`components-${reference}`, component);
    this.#dag(reference, component);
    const iterates = task.parameterIterator !== undefined || task.artifactIterator !== undefined;
    const driver = driverTask(`${name}-driver`, { component: `components-${reference}`, task, type: 'DAG' });
    if (!iterates) {
      const condition = `{{tasks.${name}-driver.outputs.parameters.condition}} != false`;
      const body = { ...dagTask(name, reference, `${name}-driver`), depends: `${name}-driver.Succeeded` };
      const isConditional = task.triggerPolicy?.condition !== undefined;
      return [
        depends === undefined ? driver : { ...driver, depends },
        isConditional ? { ...body, when: condition } : body,
      ];
    }
    const iterator = `${reference}-${name}-iterator`;
    this.#addDag(iterator, [
      { ...driver, name: 'iteration-driver' },
      {
        ...dagTask('iteration-iterations', reference, 'iteration-driver'),
        depends: 'iteration-driver.Succeeded',
        withSequence: { count: '{{tasks.iteration-driver.outputs.parameters.iteration-count}}' },
      },
    ]);
    const loop: DagTask = { name, template: iterator, arguments: { parameters: [parentDagId] } };
    return [depends === undefined ? loop : { ...loop, depends }];
  }

  #addParameter(name: string, value: object): void {
    if (this.parameters.some((parameter) => parameter.name === name)) return;
    this.parameters.push({ name, value: JSON.stringify(value) });
  }
}

interface NestedDag {
  readonly name: string;
  readonly task: TaskIr;
  readonly reference: string;
  readonly component: ComponentIr;
  readonly depends: string | undefined;
}

const parentDagId: Parameter = { name: 'parent-dag-id', value: '{{inputs.parameters.parent-dag-id}}' };

const isExitTask = (task: TaskIr) => task.triggerPolicy?.strategy === 'ALL_UPSTREAM_TASKS_COMPLETED';

function dependencyOf(task: TaskIr): string | undefined {
  const names = task.dependentTasks ?? [];
  return names.length === 0 ? undefined : names.map((name) => `${name}.Succeeded`).join(' && ');
}

const dagTask = (name: string, template: string, driver: string): DagTask => ({
  name,
  template,
  arguments: {
    parameters: [
      { name: 'parent-dag-id', value: `{{tasks.${driver}.outputs.parameters.execution-id}}` },
      { name: 'condition', value: '' },
    ],
  },
});

interface Driver {
  readonly component: string;
  readonly type: string;
  readonly task?: TaskIr;
  readonly 'runtime-config'?: string;
}

const driverTask = (name: string, driver: Driver): DagTask => ({
  name,
  template: 'system-dag-driver',
  arguments: {
    parameters: [
      { name: 'component', value: `{{workflow.parameters.${driver.component}}}` },
      ...(driver['runtime-config'] === undefined ? [] : [{ name: 'runtime-config', value: driver['runtime-config'] }]),
      ...(driver.task === undefined
        ? []
        : [
            { name: 'task', value: JSON.stringify(driver.task) },
            { name: 'task-name', value: name.replace(/-driver$/u, '') },
            parentDagId,
          ]),
      { name: 'driver-type', value: driver.type },
    ],
  },
});

const containerDriverTask = (name: string, { hash, task }: { hash: string; task: TaskIr }): DagTask => ({
  name: `${name}-driver`,
  template: 'system-container-driver',
  arguments: {
    parameters: [
      { name: 'component', value: `{{workflow.parameters.components-${hash}}}` },
      { name: 'task', value: JSON.stringify(task) },
      { name: 'container', value: `{{workflow.parameters.implementations-${hash}}}` },
      { name: 'task-name', value: name },
      parentDagId,
    ],
  },
});

const executorTask = (name: string): DagTask => ({
  name,
  template: 'system-container-executor',
  depends: `${name}-driver.Succeeded`,
  arguments: {
    parameters: [
      { name: 'pod-spec-patch', value: `{{tasks.${name}-driver.outputs.parameters.pod-spec-patch}}` },
      {
        name: 'cached-decision',
        default: 'false',
        value: `{{tasks.${name}-driver.outputs.parameters.cached-decision}}`,
      },
    ],
  },
});
