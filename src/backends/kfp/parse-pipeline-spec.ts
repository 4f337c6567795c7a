import { z } from 'zod';
import {
  type JsonValue,
  type KfpParameter,
  type KfpPipelineSpec,
  type KfpPipelineTask,
  kfpParameterTypes,
} from './kfp-objects.ts';

/** Groups may hold groups; a specification that nests deeper than this is cut. */
const mostDepth = 12;
/** A component that is used in many places appears as often; beyond this the tree is cut. */
const mostTasks = 2_000;

const parameter = z.object({
  parameterType: z.string().default('STRING'),
  defaultValue: z.unknown().optional(),
  isOptional: z.boolean().default(false),
  description: z.string().optional(),
});

const inputDefinitions = z.object({ parameters: z.record(z.string(), parameter).default({}) }).prefault({});

const taskSpec = z.object({
  componentRef: z.object({ name: z.string().default('') }).prefault({}),
  dependentTasks: z.array(z.string()).default([]),
  inputs: z.unknown().optional(),
  taskInfo: z.object({ name: z.string().default('') }).prefault({}),
  cachingOptions: z.object({ enableCache: z.boolean().default(false) }).prefault({}),
  triggerPolicy: z.object({ condition: z.string().optional() }).prefault({}),
  parameterIterator: z.unknown().optional(),
  artifactIterator: z.unknown().optional(),
});
type TaskSpec = z.output<typeof taskSpec>;

const dag = z.object({ tasks: z.record(z.string(), taskSpec).default({}) });

const component = z.object({ dag: dag.optional(), executorLabel: z.string().optional() });

const container = z.object({
  image: z.string().optional(),
  resources: z.record(z.string(), z.unknown()).default({}),
});

const executor = z.object({ container: container.optional(), importer: z.unknown().optional() });

const pipelineIr = z.object({
  pipelineInfo: z.object({ name: z.string().min(1), description: z.string().optional() }),
  root: z.object({ dag: dag.prefault({}), inputDefinitions }),
  components: z.record(z.string(), component).default({}),
  deploymentSpec: z.object({ executors: z.record(z.string(), executor).default({}) }).prefault({}),
  schemaVersion: z.string(),
});
type PipelineIr = z.output<typeof pipelineIr>;

/** KFP wraps the specification when a Kubernetes platform specification comes with it. */
const wrapped = z.object({ pipeline_spec: z.unknown() });

/** @returns undefined when it is no specification of KFP 2, for example an old Argo Workflow. */
export function parsePipelineSpec(value: unknown): KfpPipelineSpec | undefined {
  const outer = wrapped.safeParse(value);
  const parsed = pipelineIr.safeParse(outer.success && outer.data.pipeline_spec ? outer.data.pipeline_spec : value);
  return parsed.success ? specOf(parsed.data) : undefined;
}

function specOf(ir: PipelineIr): KfpPipelineSpec {
  const parameters = Object.entries(ir.root.inputDefinitions.parameters).map(([name, declared]) =>
    parameterOf(name, declared),
  );
  return {
    name: ir.pipelineInfo.name,
    description: ir.pipelineInfo.description,
    parameters,
    tasks: tasksOf(ir.root.dag.tasks, { ir, parent: undefined, depth: 0 }).slice(0, mostTasks),
  };
}

function parameterOf(name: string, declared: z.output<typeof parameter>): KfpParameter {
  const type = kfpParameterTypes.find((known) => known === declared.parameterType) ?? 'STRING';
  return {
    name,
    type,
    ...(declared.defaultValue !== undefined && { default: declared.defaultValue as JsonValue }),
    isOptional: declared.isOptional || declared.defaultValue !== undefined,
    description: declared.description,
  };
}

interface Place {
  readonly ir: PipelineIr;
  readonly parent: string | undefined;
  readonly depth: number;
}

function tasksOf(tasks: Readonly<Record<string, TaskSpec>>, place: Place): KfpPipelineTask[] {
  return inOrder(tasks).flatMap(([name, spec]) => {
    const used = place.ir.components[spec.componentRef.name];
    const inner = used?.dag && place.depth < mostDepth ? used.dag.tasks : {};
    return [taskOf(name, spec, place), ...tasksOf(inner, { ir: place.ir, parent: name, depth: place.depth + 1 })];
  });
}

function taskOf(name: string, spec: TaskSpec, { ir, parent }: Place): KfpPipelineTask {
  const used = ir.components[spec.componentRef.name];
  const run = ir.deploymentSpec.executors[used?.executorLabel ?? ''];
  const image = run?.container?.image;
  return {
    name,
    displayName: spec.taskInfo.name || name,
    parent,
    kind: kindOf(spec, { isGroup: used?.dag !== undefined, isImporter: run?.importer !== undefined }),
    after: spec.dependentTasks,
    image,
    resources: resourcesOf(run?.container),
    condition: spec.triggerPolicy.condition,
    isCacheEnabled: spec.cachingOptions.enableCache,
  };
}

function kindOf(spec: TaskSpec, { isGroup, isImporter }: { isGroup: boolean; isImporter: boolean }) {
  if (spec.parameterIterator !== undefined || spec.artifactIterator !== undefined) return 'loop';
  if (isImporter) return 'importer';
  if (!isGroup) return 'container';
  return spec.triggerPolicy.condition === undefined ? 'group' : 'condition';
}

/**
 * Two spellings are in use: numbers in cores and gigabytes (cpuLimit, memoryLimit), and since KFP 2.10 Kubernetes
 * quantities (resourceCpuLimit, …), which win.
 */
function resourcesOf(used: z.output<typeof container> | undefined): Readonly<Record<string, string>> {
  const resources = used?.resources ?? {};
  const text = (name: string) => {
    const value = resources[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  };
  const gigabytes = (name: string) => (text(name) === undefined ? undefined : `${text(name) ?? ''} GB`);
  const found = {
    cpuRequest: text('resourceCpuRequest') ?? text('cpuRequest'),
    cpuLimit: text('resourceCpuLimit') ?? text('cpuLimit'),
    memoryRequest: text('resourceMemoryRequest') ?? gigabytes('memoryRequest'),
    memoryLimit: text('resourceMemoryLimit') ?? gigabytes('memoryLimit'),
    accelerator: acceleratorOf(resources['accelerator']),
  };
  return Object.fromEntries(Object.entries(found).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

const acceleratorIr = z.object({
  type: z.string().optional(),
  resourceType: z.string().optional(),
  count: z.union([z.string(), z.number()]).optional(),
  resourceCount: z.union([z.string(), z.number()]).optional(),
});

function acceleratorOf(value: unknown): string | undefined {
  const parsed = acceleratorIr.safeParse(value);
  if (!parsed.success) return undefined;
  const { type, resourceType, count, resourceCount } = parsed.data;
  const what = resourceType ?? type;
  return what === undefined ? undefined : `${resourceCount ?? count ?? 1} × ${what}`;
}

/** The compiler sorts tasks by name: put those first that others wait for. */
function inOrder(tasks: Readonly<Record<string, TaskSpec>>): readonly (readonly [string, TaskSpec])[] {
  const ordered = new Map<string, TaskSpec>();
  const visit = (name: string, above: ReadonlySet<string>) => {
    const spec = tasks[name];
    if (!spec || ordered.has(name) || above.has(name)) return;
    for (const earlier of spec.dependentTasks) visit(earlier, new Set([...above, name]));
    ordered.set(name, spec);
  };
  for (const name of Object.keys(tasks)) visit(name, new Set());
  return [...ordered];
}
