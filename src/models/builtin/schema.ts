import type { ToolSchema } from '../language-model.ts';

export type Schema = Readonly<Record<string, unknown>>;

export function propertiesOf(tool: ToolSchema): readonly (readonly [string, Schema])[] {
  return Object.entries((tool.parameters['properties'] ?? {}) as Record<string, Schema>);
}

/** What kind of thing an argument, or each item of it, names. */
export function inventoryKind(schema: Schema): string | undefined {
  const items = schema['items'] as Schema | undefined;
  return (schema['x-inventory'] ?? items?.['x-inventory']) as string | undefined;
}
