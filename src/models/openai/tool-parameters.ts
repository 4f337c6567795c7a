/** A JSON Schema, or a part of one. */
type Schema = Readonly<Record<string, unknown>>;

/** Keywords that strict mode refuses or that say nothing to a model. */
const dropped = new Set(['$schema', 'default', 'propertyNames', 'minProperties', 'maxProperties']);

/** The schema without members that are not for the wire. */
export function wireSchema(schema: Schema): Record<string, unknown> {
  const kept = Object.entries(schema).filter(([keyword]) => !keyword.startsWith('x-') && keyword !== '$schema');
  return Object.fromEntries(kept.map(([keyword, value]) => [keyword, mapSchemas(keyword, value, wireSchema)]));
}

/**
 * The schema in the form that strict tool calling asks for: every property required, optional ones nullable, nothing
 * additional. Undefined when it has an open map or another shape that strict mode cannot say.
 */
export function strictSchema(schema: Schema): Record<string, unknown> | undefined {
  return isStrictable(schema) ? strict(wireSchema(schema)) : undefined;
}

/**
 * Models write `null` for "not given", because strict mode makes them or out of habit. Takes out the nulls of optional
 * properties whose schema does not allow null, so that the text validates against the schema the tool declared.
 */
export function withoutOptionalNulls(schema: Schema, value: unknown): unknown {
  if (Array.isArray(value) && isRecord(schema['items'])) {
    const { items } = schema;
    return value.map((entry) => withoutOptionalNulls(items as Schema, entry));
  }
  if (!isRecord(value)) return value;
  const properties = propertiesOf(schema);
  const required = requiredOf(schema);
  const kept = Object.entries(value).filter(
    ([name, entry]) => entry !== null || required.has(name) || allowsNull(properties[name]),
  );
  return Object.fromEntries(kept.map(([name, entry]) => [name, withoutOptionalNulls(properties[name] ?? {}, entry)]));
}

function strict(schema: Schema): Record<string, unknown> {
  const kept = Object.entries(schema).filter(([keyword]) => !dropped.has(keyword));
  const result: Record<string, unknown> = Object.fromEntries(
    kept.map(([keyword, value]) => [keyword, mapSchemas(keyword, value, strict)]),
  );
  if (schema['type'] !== 'object') return result;
  const required = requiredOf(schema);
  const properties = Object.entries(propertiesOf(result)).map(([name, property]) => [
    name,
    required.has(name) || allowsNull(property) ? property : { anyOf: [property, { type: 'null' }] },
  ]);
  return {
    ...result,
    properties: Object.fromEntries(properties) as unknown,
    required: properties.map(([name]) => name),
    additionalProperties: false,
  };
}

function isStrictable(schema: Schema): boolean {
  if (['allOf', 'oneOf', 'not', 'if', 'patternProperties', 'prefixItems'].some((keyword) => keyword in schema))
    return false;
  const additional = schema['additionalProperties'];
  if (additional !== undefined && additional !== false) return false;
  if (schema['type'] === 'object' && schema['properties'] === undefined) return false;
  if (!['type', 'enum', 'const', 'anyOf', '$ref'].some((keyword) => keyword in schema)) return false;
  return innerSchemas(schema).every(isStrictable);
}

function innerSchemas(schema: Schema): readonly Schema[] {
  const lists = [
    Object.values(propertiesOf(schema)),
    schema['items'],
    schema['anyOf'],
    Object.values(asRecord(schema['$defs'])),
  ];
  return lists.flat().filter(isRecord);
}

function mapSchemas(keyword: string, value: unknown, change: (schema: Schema) => Schema): unknown {
  if (keyword === 'properties' || keyword === '$defs') {
    return Object.fromEntries(Object.entries(asRecord(value)).map(([name, entry]) => [name, change(asRecord(entry))]));
  }
  if (Array.isArray(value)) return value.map((entry: unknown) => (isRecord(entry) ? change(entry) : entry));
  return isRecord(value) && ['items', 'additionalProperties'].includes(keyword) ? change(value) : value;
}

function allowsNull(schema: Schema | undefined): boolean {
  if (schema === undefined) return false;
  const { type, anyOf } = schema;
  return (
    type === 'null' ||
    (Array.isArray(type) && type.includes('null')) ||
    (Array.isArray(anyOf) && anyOf.some(allowsNull))
  );
}

function propertiesOf(schema: Schema): Record<string, Schema> {
  return asRecord(schema['properties']) as Record<string, Schema>;
}

function requiredOf(schema: Schema): ReadonlySet<unknown> {
  return new Set(Array.isArray(schema['required']) ? schema['required'] : []);
}

function asRecord(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
