import { type KfpSimulator } from '../simulator/start-kfp-simulator.ts';
import { type Node, type Template, type Workflow } from '../simulator/workflows/workflow.ts';

/** Compares a whole recorded Workflow with the simulator's of the same name: its nodes, its templates, its fields. */
export async function workflowObjectDifferences(recorded: Workflow, simulator: KfpSimulator): Promise<string[]> {
  const { namespace, name } = recorded.metadata;
  const own = await simulator.world.workflows.get(namespace, name);
  if (!own) return [`no Workflow ${name}`];
  return [...fieldDifferences(recorded, own), ...templateDifferences(recorded, own), ...nodeDifferences(recorded, own)];
}

/** Written by API servers and by Argo for itself; nobody else reads them. */
const incidental = new Set(['managedFields', 'resourceVersion', 'uid', 'generation', 'resourcesDuration']);

function fieldDifferences(recorded: Workflow, own: Workflow): string[] {
  const parts = ['metadata', 'spec', 'status'] as const;
  return parts.flatMap((part) => {
    const [theirs, ours] = [keysOf(recorded[part]), keysOf(own[part])];
    return theirs === ours ? [] : [`${part} has ${ours} instead of ${theirs}`];
  });
}

const keysOf = (value: object | undefined) =>
  Object.keys(value ?? {})
    .filter((key) => !incidental.has(key))
    .sort()
    .join(', ');

function templateDifferences(recorded: Workflow, own: Workflow): string[] {
  const [theirs, ours] = [recorded, own].map(({ spec }) => spec.templates.map(templateLine).sort());
  return differing(theirs ?? [], ours ?? []);
}

function templateLine({ name, inputs, dag }: Template): string {
  const tasks = (dag?.tasks ?? []).map(({ name: task, template, depends, when, arguments: given }) => [
    task,
    template,
    depends,
    when,
    (given?.parameters ?? []).map((parameter) => parameter.name),
  ]);
  return JSON.stringify([name, (inputs?.parameters ?? []).map((parameter) => parameter.name), tasks.sort()]);
}

function nodeDifferences(recorded: Workflow, own: Workflow): string[] {
  const [theirs, ours] = [recorded, own].map(({ status }) =>
    Object.values(status?.nodes ?? {})
      .map(nodeLine)
      .sort(),
  );
  return differing(theirs ?? [], ours ?? []);
}

function nodeLine(node: Node): string {
  const {
    id,
    name,
    displayName,
    type,
    phase,
    templateName,
    boundaryID,
    message,
    children = [],
    outboundNodes,
    nodeFlag,
  } = node;
  const { exitCode, artifacts, parameters } = node.outputs ?? {};
  const outputs = [exitCode, artifacts, (parameters ?? []).map((parameter) => parameter.name)];
  const inputs = (node.inputs?.parameters ?? []).map((parameter) => parameter.name);
  const place = [id, name, displayName, type, templateName, boundaryID, children, outboundNodes, nodeFlag];
  return JSON.stringify([...place, phase, message, inputs, outputs]);
}

function differing(theirs: readonly string[], ours: readonly string[]): string[] {
  return [
    ...theirs.filter((line) => !ours.includes(line)).map((line) => `missing ${line}`),
    ...ours.filter((line) => !theirs.includes(line)).map((line) => `superfluous ${line}`),
  ];
}
