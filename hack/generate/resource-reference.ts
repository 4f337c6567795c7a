import { type CustomResource } from '../../src/api/custom-resources.ts';
import { structuralSchema, type StructuralSchema } from './structural-schema.ts';

/** docs/reference/<kind>.md: every field with type, default, bounds and meaning. */
export function resourceReference(resource: CustomResource): string {
  const { kind, plural, group, version } = resource.type;
  const shortNames = resource.shortNames.map((name) => `\`${name}\``).join(', ');
  return [
    `# ${kind}`,
    resource.description,
    [
      `- API: \`${group}/${version}\`, kind \`${kind}\`, resource \`${plural}\`, namespaced, category \`swarm\`.`,
      ...(shortNames === '' ? [] : [`- Short name: ${shortNames}.`]),
      `- Field selectors: ${resource.selectableFields.map((path) => `\`${path.slice(1)}\``).join(', ')}.`,
    ].join('\n'),
    ...resource.rules.map((rule) => `Rule: ${rule.message}.`),
    '## spec',
    fieldTable(structuralSchema(resource.spec, 'spec')),
    '## status',
    fieldTable(structuralSchema(resource.status, 'status')),
    '## Columns of `kubectl get`',
    table(
      ['column', 'meaning', 'shown'],
      resource.columns.map((column) => [
        column.name.toUpperCase(),
        column.description,
        column.wide === true ? '`-o wide`' : 'always',
      ]),
    ),
  ].join('\n\n');
}

/** A Markdown table; `|` in a cell is escaped. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function fieldTable(schema: StructuralSchema): string {
  const rules = rulesOf(schema).map((rule) => `- ${rule}`);
  const fields = table(['field', 'type', 'meaning'], rowsOf(schema, ''));
  return rules.length > 0 ? `${fields}\n\nRules:\n\n${rules.join('\n')}` : fields;
}

function rowsOf(schema: StructuralSchema, prefix: string): string[][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = `${prefix}${name}`;
    const required = schema.required?.includes(name) === true ? ' **Required.**' : '';
    const fallback = field.default === undefined ? '' : ` Default: \`${JSON.stringify(field.default)}\`.`;
    const row = [`\`${path}\``, typeOf(field), `${field.description ?? ''}${required}${fallback}`];
    const inner = field.items === undefined ? rowsOf(field, `${path}.`) : rowsOf(field.items, `${path}[].`);
    return [row, ...inner];
  });
}

function typeOf(field: StructuralSchema): string {
  if (field.enum !== undefined) return field.enum.map((value) => `\`${value}\``).join(', ');
  if (field.format === 'date-time') return 'time (RFC 3339)';
  switch (field.type) {
    case 'string':
      return `string, ≤ ${numeral(field.maxLength)} characters`;
    case 'integer':
      return field.maximum === Number.MAX_SAFE_INTEGER
        ? `integer ≥ ${numeral(field.minimum)}`
        : `integer, ${numeral(field.minimum)} to ${numeral(field.maximum)}`;
    case 'array':
      return `list of ${noun(field.items)}, ≤ ${numeral(field.maxItems)}`;
    case 'object':
      return field.additionalProperties === undefined
        ? 'object'
        : `map of ${noun(field.additionalProperties)}, ≤ ${numeral(field.maxProperties)}`;
    case 'boolean':
      return 'boolean';
  }
}

const noun = (schema: StructuralSchema | undefined) =>
  schema?.type === 'object' ? 'objects' : `${schema?.type ?? ''}s`;
const numeral = (value = 0) => value.toLocaleString('en-US');

function rulesOf(schema: StructuralSchema): string[] {
  const own = (schema['x-kubernetes-validations'] ?? []).map((rule) => rule.message);
  const inner = Object.values(schema.properties ?? {}).flatMap(rulesOf);
  const items = schema.items === undefined ? [] : rulesOf(schema.items);
  return [...new Set([...own, ...inner, ...items])];
}
