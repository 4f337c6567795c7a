import { invalid } from '../protocol/kfp-error.ts';
import { type InputParameter, type ParameterType, type PipelineIr } from './pipeline-template.ts';

const contextOf = (action: string) => `${action}: Failed to generate the ExecutionSpec: invalid pipeline job inputs: `;

interface Requirement {
  readonly accepts: (value: unknown) => boolean;
  readonly message: string;
}

const isNumber = (value: unknown) => typeof value === 'number';
const number: Requirement = {
  accepts: isNumber,
  message: 'requires type double or integer, but the parameter value is not of number value type',
};
const requirements: Readonly<Record<ParameterType, Requirement>> = {
  NUMBER_INTEGER: number,
  NUMBER_DOUBLE: number,
  STRING: {
    accepts: (value) => typeof value === 'string',
    message: 'requires type string, but the input parameter is not of string value type',
  },
  BOOLEAN: {
    accepts: (value) => typeof value === 'boolean',
    message: 'requires type bool, but the input parameter is not of bool value type',
  },
  LIST: {
    accepts: (value) => Array.isArray(value),
    message: 'requires type list, but the input parameter is not of list value type',
  },
  STRUCT: {
    accepts: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    message: 'requires type struct, but the input parameter is not of struct value type',
  },
};

/**
 * The check of a run's parameters against the declared inputs. Integers accept fractions, null is a wrong type even for
 * optional inputs, and what lists and structs hold is not looked at.
 * @throws KfpError InvalidArgument
 */
export function checkParameters(spec: PipelineIr, given: Readonly<Record<string, unknown>>, action: string): void {
  const declared = spec.root.inputDefinitions?.parameters ?? {};
  for (const [name, parameter] of Object.entries(declared)) checkOne(name, parameter, { given, action });
  const extra = Object.keys(given).filter((name) => !Object.hasOwn(declared, name));
  if (extra.length > 0) {
    const names = extra.sort().join(', ');
    throw invalid(`parameter(s) provided are not required by pipeline: ${names}`, contextOf(action));
  }
}

function checkOne(
  name: string,
  parameter: InputParameter,
  { given, action }: { given: Readonly<Record<string, unknown>>; action: string },
): void {
  if (Object.hasOwn(given, name)) {
    const { accepts, message } = requirements[parameter.parameterType];
    if (!accepts(given[name])) throw invalid(`input parameter ${name} ${message}`, contextOf(action));
  } else if (!parameter.isOptional && parameter.defaultValue === undefined) {
    const detail = `parameter ${name} is not optional, yet has neither default value nor user provided value`;
    throw invalid(detail, contextOf(action));
  }
}
