import { codes, GatewayError } from './kfp-error.ts';
import { type JsonMember, type JsonNode, JsonSyntaxError, parseStrictJson, plainValue } from './strict-json.ts';

/** How protojson reads one field. */
export type FieldType =
  | 'string'
  | 'bool'
  | 'int32'
  | 'int64'
  | 'timestamp'
  | 'struct'
  | 'any'
  | { readonly enum: readonly string[] }
  | { readonly message: MessageType }
  | { readonly list: FieldType }
  | { readonly map: FieldType };

export interface MessageType {
  readonly name: string;
  readonly fields: Readonly<Record<string, FieldType>>;
  /** Name of a oneof to its fields; two of one oneof are refused. */
  readonly oneofs?: Readonly<Record<string, readonly string[]>>;
}

export type Decoded = Record<string, unknown>;

/** @throws GatewayError InvalidArgument as the gateway says it: unknown, wrong, repeated or contradicting fields. */
export function decodeMessage(type: MessageType, text: string): Decoded {
  if (text.trim() === '') return {};
  return decodeNode(type, syntaxChecked(text), text);
}

/** @throws GatewayError when the text is no JSON. */
export function syntaxChecked(text: string): JsonNode {
  try {
    return parseStrictJson(text);
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw refused(error.message);
    throw error;
  }
}

function decodeNode(type: MessageType, node: JsonNode, text: string): Decoded {
  if (node.kind !== 'object')
    throw refused(`proto: syntax error ${place(text, node.at)}: unexpected token ${token(node, text)}`);
  const decoded: Decoded = {};
  const seen = new Set<string>();
  for (const member of node.members) {
    const { name, fieldType } = fieldOf(type, member, text);
    refuseRepeated(type, { name, member, seen, text });
    seen.add(name);
    const value = decodeField(fieldType, { name: member.key, node: member.value, text });
    if (value !== undefined) decoded[name] = value;
  }
  return decoded;
}

/** By its own name or in camelCase. */
function fieldOf({ fields }: MessageType, member: JsonMember, text: string): { name: string; fieldType: FieldType } {
  const snake = member.key.replaceAll(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`);
  for (const name of [member.key, snake]) {
    const fieldType = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (fieldType !== undefined) return { name, fieldType };
  }
  throw refused(`proto: ${place(text, member.keyAt)}: unknown field "${member.key}"`);
}

interface Member {
  readonly name: string;
  readonly member: JsonMember;
  readonly seen: ReadonlySet<string>;
  readonly text: string;
}

function refuseRepeated(type: MessageType, { name, member, seen, text }: Member): void {
  if (seen.has(name)) throw refused(`proto: ${place(text, member.keyAt)}: duplicate field "${member.key}"`);
  for (const [oneof, names] of Object.entries(type.oneofs ?? {})) {
    if (!names.includes(name) || !names.some((other) => seen.has(other))) continue;
    const where = `${type.name}.${oneof}`;
    throw refused(`proto: ${place(text, member.keyAt)}: error parsing "${member.key}", oneof ${where} is already set`);
  }
}

interface Field {
  readonly name: string;
  readonly node: JsonNode;
  readonly text: string;
}

function decodeField(type: FieldType, field: Field): unknown {
  const { node, text } = field;
  if (type === 'any') return plainValue(node);
  if (node.kind === 'null') return undefined;
  if (typeof type === 'string') return scalars[type](field);
  if ('enum' in type) return decodeEnum(type.enum, field);
  if ('message' in type) return decodeNode(type.message, node, text);
  return 'list' in type ? decodeList(type.list, field) : decodeMap(type.map, field);
}

function decodeList(items: FieldType, { name, node, text }: Field): unknown[] {
  if (node.kind !== 'array') throw unexpectedToken(node, text);
  return node.items.map((item) => decodeField(items, { name, node: item, text }));
}

function decodeMap(values: FieldType, { name, node, text }: Field): Decoded {
  if (node.kind !== 'object') throw unexpectedToken(node, text);
  const entries = node.members.map(({ key, value }) => [key, decodeField(values, { name, node: value, text })]);
  return Object.fromEntries(entries) as Decoded;
}

function decodeEnum(names: readonly string[], field: Field): string {
  const { node } = field;
  if (node.kind === 'number') return names[node.value] ?? String(node.value);
  if (node.kind === 'string' && names.includes(node.value)) return node.value;
  throw invalidValue('enum', field);
}

const scalars = {
  string: (field: Field) => (field.node.kind === 'string' ? field.node.value : refuse('string', field)),
  bool: (field: Field) => (field.node.kind === 'boolean' ? field.node.value : refuse('bool', field)),
  int32: (field: Field) => integer('int32', field),
  int64: (field: Field) => integer('int64', field),
  timestamp: (field: Field) => timestamp(field),
  struct: ({ node, text }: Field) => {
    if (node.kind !== 'object') throw unexpectedToken(node, text);
    return plainValue(node);
  },
} as const;

function integer(type: string, field: Field): number {
  const { node } = field;
  const isText = node.kind === 'string' && /^-?\d+$/u.test(node.value);
  if (node.kind !== 'number' && !isText) return refuse(type, field);
  const value = Number(node.value);
  return Number.isInteger(value) ? value : refuse(type, field);
}

/** Seconds since 1970. */
function timestamp({ node, text }: Field): number {
  const pattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/u;
  if (node.kind === 'string' && pattern.test(node.value)) return Math.floor(Date.parse(node.value) / 1000);
  throw refused(`proto: ${place(text, node.at)}: invalid google.protobuf.Timestamp value ${token(node, text)}`);
}

function refuse(type: string, field: Field): never {
  throw invalidValue(type, field);
}

function invalidValue(type: string, { name, node, text }: Field): GatewayError {
  const camel = name.replaceAll(/_([a-z])/gu, (_, letter: string) => letter.toUpperCase());
  const shown = type === 'enum' || type === 'string' ? name : camel;
  return refused(`proto: ${place(text, node.at)}: invalid value for ${type} field ${shown}: ${token(node, text)}`);
}

const unexpectedToken = (node: JsonNode, text: string) =>
  refused(`proto: syntax error ${place(text, node.at)}: unexpected token ${token(node, text)}`);

function token(node: JsonNode, text: string): string {
  if (node.kind === 'object') return '{';
  if (node.kind === 'array') return '[';
  if (node.kind === 'string') return JSON.stringify(node.value);
  return /^[\w.+-]+/u.exec(text.slice(node.at))?.[0] ?? text[node.at] ?? '';
}

function place(text: string, at: number): string {
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  return `(line ${line}:${at - before.lastIndexOf('\n')})`;
}

const refused = (message: string) => new GatewayError(codes.invalidArgument, message);
