import type { JsonValue, KfpParameter } from '../../backends/kfp/kfp-objects.ts';
import { found, missed, type Found } from '../found.ts';
import { didYouMean } from '../nearest-names.ts';

export type GivenParameters = Readonly<Record<string, unknown>>;

interface Declared {
  readonly pipeline: string;
  readonly parameters: readonly KfpParameter[];
}

/**
 * The given values as the typed JSON that Kubeflow Pipelines wants; it refuses a text where a number is declared. All
 * that is wrong is said at once, so that one correction is enough.
 */
export function convertParameters(
  { pipeline, parameters }: Declared,
  given: GivenParameters,
): Found<Readonly<Record<string, JsonValue>>> {
  const converted = Object.entries(given).map(([name, value]) => convertOne(parameters, name, value));
  const missing = parameters.filter((parameter) => isRequired(parameter) && !Object.hasOwn(given, parameter.name));
  const wrong = [
    ...converted.flatMap((entry) => ('problem' in entry ? [entry.problem] : [])),
    ...missing.map(({ name, type }) => `${name} (${typeInWords(type)}) is required and was not given`),
  ];
  if (wrong.length > 0) {
    return missed(
      'InvalidParameters',
      `The parameters do not fit ${pipeline}: ${wrong.join('; ')}.`,
      declaredText(parameters),
    );
  }
  return found(
    Object.fromEntries(converted.flatMap((entry) => ('problem' in entry ? [] : [[entry.name, entry.value]]))),
  );
}

export function isRequired({ isOptional, default: value }: KfpParameter): boolean {
  return !isOptional && value === undefined;
}

type Converted = { readonly name: string; readonly value: JsonValue } | { readonly problem: string };

function convertOne(parameters: readonly KfpParameter[], name: string, value: unknown): Converted {
  const parameter = parameters.find((entry) => entry.name === name);
  if (!parameter) {
    const hint = didYouMean(
      name,
      parameters.map((entry) => entry.name),
    );
    return { problem: `there is no parameter ${name}${hint === undefined ? '' : ` (${hint})`}` };
  }
  // Also an optional parameter must not be null: one that is left out keeps its default.
  if (value === null) return { problem: `${name} must not be null; leave it out to keep its default` };
  const converted = (converters[parameter.type] ?? asItIs)(value);
  if (converted === undefined) {
    return { problem: `${name} must be ${typeInWords(parameter.type)}, not ${JSON.stringify(value)}` };
  }
  // The database connection of Kubeflow Pipelines speaks three-byte UTF-8, and would fail when the run has begun already.
  if (fourByteCharacter.test(JSON.stringify(converted))) {
    return { problem: `${name} must not contain emoji or other characters beyond U+FFFF` };
  }
  return { name, value: converted };
}

const fourByteCharacter = /[\u{10000}-\u{10ffff}]/u;

const converters: Readonly<Record<string, (value: unknown) => JsonValue | undefined>> = {
  NUMBER_INTEGER: (value) => {
    const number = asNumber(value);
    return Number.isSafeInteger(number) ? number : undefined;
  },
  NUMBER_DOUBLE: asNumber,
  BOOLEAN: (value) => {
    const text = typeof value === 'string' ? value.trim().toLowerCase() : value;
    if (text === true || text === 'true') return true;
    return text === false || text === 'false' ? false : undefined;
  },
  STRING: (value) => {
    if (typeof value === 'string') return value;
    return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
  },
  LIST: (value) => {
    const list = typeof value === 'string' ? parsedJson(value) : value;
    return Array.isArray(list) ? (list as readonly JsonValue[]) : undefined;
  },
  STRUCT: (value) => {
    const record = typeof value === 'string' ? parsedJson(value) : value;
    const isRecord = typeof record === 'object' && record !== null && !Array.isArray(record);
    return isRecord ? (record as Readonly<Record<string, JsonValue>>) : undefined;
  },
};

/** Newer servers may know further types; their own check decides. */
function asItIs(value: unknown): JsonValue {
  return value as JsonValue;
}

function asNumber(value: unknown): number | undefined {
  const isText = typeof value === 'string' && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value.trim());
  const number = isText ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const words: Readonly<Record<string, string>> = {
  NUMBER_INTEGER: 'a whole number',
  NUMBER_DOUBLE: 'a number',
  BOOLEAN: 'true or false',
  STRING: 'a text',
  LIST: 'a list',
  STRUCT: 'an object',
};

function typeInWords(type: string): string {
  return words[type] ?? type;
}

export function declaredText(parameters: readonly KfpParameter[]): string {
  if (parameters.length === 0) return 'The pipeline takes no parameters.';
  return `It takes: ${parameters.map(parameterInWords).join(', ')}.`;
}

export function parameterInWords(parameter: KfpParameter): string {
  const { name, type, default: value } = parameter;
  if (value !== undefined) return `${name} (${type}, default ${JSON.stringify(value)})`;
  return `${name} (${type}, ${isRequired(parameter) ? 'required' : 'optional'})`;
}
