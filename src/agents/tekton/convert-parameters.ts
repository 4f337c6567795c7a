import type {
  NamedValue,
  ParameterValue,
  TektonParameter,
  TektonPipeline,
} from '../../backends/tekton/tekton-objects.ts';
import { found, missed, type Found } from '../found.ts';
import { didYouMean } from '../nearest-names.ts';

export type GivenParameters = Readonly<Record<string, unknown>>;

/**
 * The given values in the types the pipeline declares. All that is wrong is said at once, so that one correction is
 * enough.
 */
export function convertParameters(
  pipeline: Pick<TektonPipeline, 'name' | 'parameters'>,
  given: GivenParameters,
): Found<readonly NamedValue[]> {
  const { parameters } = pipeline;
  const converted = Object.entries(given).map(([name, value]) => convertOne(parameters, name, value));
  const missing = parameters.filter(({ name, default: value }) => value === undefined && !Object.hasOwn(given, name));
  const wrong = [
    ...converted.flatMap((entry) => ('problem' in entry ? [entry.problem] : [])),
    ...missing.map((parameter) => `${parameter.name} (${parameter.type}) is required and was not given`),
  ];
  if (wrong.length > 0) {
    return missed(
      'InvalidParameters',
      `The parameters do not fit ${pipeline.name}: ${wrong.join('; ')}.`,
      declaredText(parameters),
    );
  }
  return found(converted.flatMap((entry) => ('problem' in entry ? [] : [entry])));
}

type Converted = NamedValue | { readonly problem: string };

function convertOne(parameters: readonly TektonParameter[], name: string, value: unknown): Converted {
  const parameter = parameters.find((entry) => entry.name === name);
  if (!parameter) {
    const names = parameters.map((entry) => entry.name);
    const hint = didYouMean(name, names);
    return { problem: `there is no parameter ${name}${hint === undefined ? '' : ` (${hint})`}` };
  }
  const converted = converters[parameter.type](value);
  if (converted === undefined)
    return { problem: `${name} must be ${expected(parameter)}, not ${JSON.stringify(value)}` };
  return checkValue(parameter, converted);
}

function checkValue(parameter: TektonParameter, value: ParameterValue): Converted {
  const { name, enum: choices, properties } = parameter;
  // Tekton would replace $(…) by values of its own, and steps see the result inside scripts.
  if (JSON.stringify(value).includes('$(')) return { problem: `${name} must not contain $(` };
  if (choices && typeof value === 'string' && !choices.includes(value)) {
    return { problem: `${name} must be one of ${choices.join(', ')}, not ${value}` };
  }
  if (typeof value === 'object' && !Array.isArray(value)) {
    const absent = properties.filter((key) => !Object.hasOwn(value, key) && !hasDefault(parameter, key));
    if (absent.length > 0) return { problem: `${name} lacks the key ${absent.join(', ')}` };
  }
  return { name, value };
}

function hasDefault({ default: value }: TektonParameter, key: string): boolean {
  return typeof value === 'object' && !Array.isArray(value) && Object.hasOwn(value, key);
}

const converters: Readonly<Record<TektonParameter['type'], (value: unknown) => ParameterValue | undefined>> = {
  string: asText,
  array: (value) => {
    const list = typeof value === 'string' ? parsedJson(value) : value;
    if (!Array.isArray(list)) return undefined;
    const texts = list.map(asText);
    return texts.every((text) => text !== undefined) ? texts : undefined;
  },
  object: (value) => {
    const record = typeof value === 'string' ? parsedJson(value) : value;
    if (typeof record !== 'object' || record === null || Array.isArray(record)) return undefined;
    const entries = Object.entries(record).map(([key, entry]) => [key, asText(entry)] as const);
    return entries.every(([, text]) => text !== undefined)
      ? (Object.fromEntries(entries) as Readonly<Record<string, string>>)
      : undefined;
  },
};

/** Tekton knows no numbers: 20 and true travel as text. */
function asText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function expected({ type }: TektonParameter): string {
  return { string: 'a single value', array: 'a list', object: 'an object of texts' }[type];
}

function declaredText(parameters: readonly TektonParameter[]): string {
  if (parameters.length === 0) return 'The pipeline takes no parameters.';
  const declared = parameters.map(({ name, type, default: value }) =>
    value === undefined ? `${name} (${type}, required)` : `${name} (${type}, default ${JSON.stringify(value)})`,
  );
  return `It takes: ${declared.join(', ')}.`;
}
