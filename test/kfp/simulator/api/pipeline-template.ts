import { parseAllDocuments } from 'yaml';

/** What an uploaded or inline pipeline is: the new intermediate representation, or an Argo Workflow of version 1. */
export type PipelineTemplate = IrTemplate | ArgoTemplate;

export interface IrTemplate {
  readonly kind: 'ir';
  readonly spec: PipelineIr;
  readonly platformSpec?: object | undefined;
}

export interface ArgoTemplate {
  readonly kind: 'argo';
  readonly workflow: { readonly metadata?: { readonly generateName?: string }; readonly spec?: object };
}

export type ParameterType = 'NUMBER_INTEGER' | 'NUMBER_DOUBLE' | 'STRING' | 'BOOLEAN' | 'LIST' | 'STRUCT';

export interface InputParameter {
  readonly parameterType: ParameterType;
  readonly isOptional?: boolean;
  readonly defaultValue?: unknown;
}

export interface TaskIr {
  readonly componentRef: { readonly name: string };
  readonly dependentTasks?: readonly string[];
  readonly triggerPolicy?: { readonly strategy?: string; readonly condition?: string };
  readonly parameterIterator?: object;
  readonly artifactIterator?: object;
  readonly inputs?: object;
}

export interface ComponentIr {
  readonly executorLabel?: string;
  readonly dag?: { readonly tasks: Readonly<Record<string, TaskIr>> };
  readonly inputDefinitions?: { readonly parameters?: Readonly<Record<string, InputParameter>> };
  readonly outputDefinitions?: {
    readonly artifacts?: Readonly<Record<string, { readonly artifactType?: { readonly schemaTitle?: string } }>>;
    readonly parameters?: Readonly<Record<string, InputParameter>>;
  };
}

export interface PipelineIr {
  readonly pipelineInfo: { readonly name: string };
  readonly schemaVersion: string;
  readonly root: ComponentIr;
  readonly components?: Readonly<Record<string, ComponentIr>>;
  readonly deploymentSpec?: { readonly executors?: Readonly<Record<string, { readonly container?: object }>> };
}

export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

/** The real server never answers when text is no YAML. */
export class NotYamlError extends Error {
  override readonly name = 'NotYamlError';
}

const unknownFormat = 'unknown template format';
const rootFields = [
  'components',
  'defaultPipelineRoot',
  'deploymentSpec',
  'pipelineInfo',
  'root',
  'schemaVersion',
  'sdkVersion',
];
const componentFields = [
  'dag',
  'executorLabel',
  'inputDefinitions',
  'outputDefinitions',
  'singlePlatformSpecs',
  'taskConfigPassthroughs',
];

/** @throws TemplateError with the server's words, NotYamlError when it is no YAML. */
export function parseTemplate(text: string): PipelineTemplate {
  const documents = parseAllDocuments(text);
  if (!Array.isArray(documents)) throw new TemplateError(unknownFormat);
  if (documents.some(({ errors }) => errors.length > 0)) throw new NotYamlError(text);
  const values = documents.map((document) => document.toJS() as unknown).filter((value) => value !== null);
  const [first, second] = values;
  return fromValues(first, second);
}

/** An inline pipeline: the representation itself, or wrapped together with a platform spec. */
export function templateOfSpec(spec: object): PipelineTemplate {
  if ('pipeline_spec' in spec)
    return fromValues(spec.pipeline_spec, (spec as { platform_spec?: unknown }).platform_spec);
  return fromValues(spec, undefined);
}

/** As `pipeline_spec` shows it; an Argo Workflow is not shown. */
export function shownSpec(template: PipelineTemplate): object | undefined {
  if (template.kind === 'argo') return template.workflow;
  const { spec, platformSpec } = template;
  return platformSpec === undefined ? spec : { pipeline_spec: spec, platform_spec: platformSpec };
}

function fromValues(first: unknown, second: unknown): PipelineTemplate {
  if (!isObject(first)) throw new TemplateError(unknownFormat);
  if (first['kind'] === 'Workflow' && String(first['apiVersion']).startsWith('argoproj.io/')) {
    return { kind: 'argo', workflow: first };
  }
  requireKnownFields(first);
  const info = isObject(first['pipelineInfo']) ? first['pipelineInfo'] : {};
  if (!info['name'] || !isObject(first['root'])) throw new TemplateError(unknownFormat);
  const spec = first as unknown as PipelineIr;
  if (spec.schemaVersion !== '2.1.0') {
    throw new TemplateError(
      `KFP only supports schema version 2.1.0, but the pipeline spec has version ${spec.schemaVersion}`,
    );
  }
  return isObject(second) ? { kind: 'ir', spec, platformSpec: second } : { kind: 'ir', spec };
}

function requireKnownFields(spec: Record<string, unknown>): void {
  const components = [spec['root'], ...Object.values(isObject(spec['components']) ? spec['components'] : {})];
  const isKnown =
    Object.keys(spec).every((field) => rootFields.includes(field)) &&
    components.filter(isObject).every((one) => Object.keys(one).every((field) => componentFields.includes(field)));
  if (!isKnown) throw new TemplateError(unknownFormat);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
