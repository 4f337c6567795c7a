import type { JsonValue } from './kfp-objects.ts';

/** A google.protobuf.Struct as protobufjs reads it, as plain JSON. */
export function plainStruct(struct: unknown): JsonValue {
  const fields = entriesOf((struct as { fields?: unknown }).fields);
  return unwrapped(Object.fromEntries(fields.map(([name, value]) => [name, plainValue(value)])));
}

interface WireValue {
  readonly numberValue?: number;
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly structValue?: unknown;
  readonly listValue?: { readonly values?: readonly unknown[] };
}

function plainValue(value: unknown): JsonValue {
  const wire = (value ?? {}) as WireValue;
  if (wire.structValue !== undefined) return plainStruct(wire.structValue);
  if (wire.listValue !== undefined) return (wire.listValue.values ?? []).map(plainValue);
  return wire.stringValue ?? wire.numberValue ?? wire.boolValue ?? null;
}

/** ML Metadata keeps structures only, so KFP wraps lists as {list: […]} and structures as {struct: {…}}. */
function unwrapped(record: Readonly<Record<string, JsonValue>>): JsonValue {
  const [only, ...others] = Object.entries(record);
  if (only === undefined || others.length > 0) return record;
  const [name, value] = only;
  if (name === 'list' && Array.isArray(value)) return value as JsonValue[];
  return name === 'struct' && typeof value === 'object' && value !== null ? value : record;
}

function entriesOf(fields: unknown): [string, unknown][] {
  return typeof fields === 'object' && fields !== null ? Object.entries(fields) : [];
}
