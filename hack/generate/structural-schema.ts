import { z } from 'zod';

/** OpenAPI v3 as Kubernetes takes it: no unions, no references, every field described and bounded. */
export interface StructuralSchema {
  type: 'object' | 'array' | 'string' | 'integer' | 'boolean';
  description?: string;
  default?: unknown;
  enum?: string[];
  format?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  maxProperties?: number;
  properties?: Record<string, StructuralSchema>;
  required?: string[];
  items?: StructuralSchema;
  additionalProperties?: StructuralSchema;
  'x-kubernetes-list-type'?: 'atomic' | 'map' | 'set';
  'x-kubernetes-list-map-keys'?: string[];
  'x-kubernetes-validations'?: { rule: string; message: string }[];
}

const keywords = new Set([
  'type',
  'description',
  'default',
  'enum',
  'format',
  'pattern',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
  'maxProperties',
  'properties',
  'required',
  'items',
  'additionalProperties',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-validations',
]);

/** @throws Error that lists every place the API server or a reader would stumble over. */
export function structuralSchema(schema: z.ZodType, path: string): StructuralSchema {
  const converted = z.toJSONSchema(schema, { io: 'input', target: 'openapi-3.0', reused: 'inline' });
  const root = converted as unknown as StructuralSchema;
  const problems: string[] = [];
  check(root, path, problems);
  if (problems.length > 0) throw new Error(`the schema is not fit for a CRD:\n  ${problems.join('\n  ')}`);
  return inReadingOrder(root);
}

function check(node: StructuralSchema, path: string, problems: string[]): void {
  for (const keyword of Object.keys(node)) {
    if (!keywords.has(keyword)) problems.push(`${path}: ${keyword} is not structural`);
  }
  if (node.pattern !== undefined && /\(\?(?!:)|\\[1-9dpP]/.test(node.pattern)) {
    problems.push(`${path}: the pattern is not one that RE2 and JavaScript read alike: ${node.pattern}`);
  }
  const checkType = checkers[node.type];
  if (checkType === undefined) problems.push(`${path}: type ${node.type} is not allowed`);
  else checkType(node, path, problems);
}

type Checker = (node: StructuralSchema, path: string, problems: string[]) => void;

const checkers: Partial<Record<string, Checker>> = {
  boolean: () => undefined,
  string(node, path, problems) {
    if (node.maxLength === undefined && node.enum === undefined) problems.push(`${path}: maxLength is missing`);
  },
  integer(node, path, problems) {
    if (node.minimum === undefined || node.maximum === undefined) problems.push(`${path}: a bound is missing`);
  },
  array(node, path, problems) {
    if (node.maxItems === undefined) problems.push(`${path}: maxItems is missing`);
    if (node['x-kubernetes-list-type'] === undefined) problems.push(`${path}: the list type is missing`);
    if (node.items === undefined) {
      problems.push(`${path}: items are missing`);
      return;
    }
    for (const key of node['x-kubernetes-list-map-keys'] ?? []) {
      if (node.items.required?.includes(key) !== true) problems.push(`${path}: the list key ${key} must be required`);
    }
    check(node.items, `${path}[]`, problems);
  },
  object(node, path, problems) {
    const values = node.additionalProperties;
    if (values !== undefined && typeof values === 'object') {
      if (node.maxProperties === undefined) problems.push(`${path}: maxProperties is missing`);
      check(values, `${path}.*`, problems);
    } else if (node.properties === undefined) {
      problems.push(`${path}: an object of unknown fields`);
    }
    for (const [name, field] of Object.entries(node.properties ?? {})) {
      if (field.description === undefined) problems.push(`${path}.${name}: the description is missing`);
      check(field, `${path}.${name}`, problems);
    }
  },
};

/** What people read first comes first; integers get the format that the API server checks. */
function inReadingOrder(node: StructuralSchema): StructuralSchema {
  const ordered: Partial<StructuralSchema> = {};
  for (const keyword of keywords) {
    const value = node[keyword as keyof StructuralSchema];
    if (value !== undefined) Object.assign(ordered, { [keyword]: value });
  }
  if (node.type === 'integer') ordered.format = (node.maximum ?? 0) > 2_147_483_647 ? 'int64' : 'int32';
  if (node.items !== undefined) ordered.items = inReadingOrder(node.items);
  if (typeof node.additionalProperties === 'object') {
    ordered.additionalProperties = inReadingOrder(node.additionalProperties);
  }
  if (node.properties !== undefined) {
    ordered.properties = Object.fromEntries(
      Object.entries(node.properties).map(([name, field]) => [name, inReadingOrder(field)]),
    );
  }
  return ordered as StructuralSchema;
}
