import type { RunQuery } from '../backends/kfp/kfp-client.ts';
import type { JsonValue, KfpParameter, KfpRun } from '../backends/kfp/kfp-objects.ts';

export function matchesRun(run: KfpRun, query: RunQuery): boolean {
  const wanted: readonly (readonly [unknown, unknown])[] = [
    [query.name, run.name],
    [query.state, run.state],
    [query.experimentId, run.experimentId],
    [query.pipelineId, run.pipeline?.pipelineId],
    [query.scheduleId, run.scheduleId],
  ];
  return (
    wanted.every(([expected, actual]) => expected === undefined || expected === actual) &&
    (query.name !== undefined || !run.isArchived) &&
    run.name.toLowerCase().includes((query.nameContains ?? '').toLowerCase()) &&
    isWithin(Date.parse(run.createdAt ?? ''), query)
  );
}

function isWithin(createdMs: number, { since, until }: RunQuery): boolean {
  return (since === undefined || createdMs >= since.getTime()) && (until === undefined || createdMs <= until.getTime());
}

const kinds: Readonly<Record<string, { readonly word: string; fits(value: JsonValue): boolean }>> = {
  STRING: { word: 'type string, but the input parameter is not of string', fits: (value) => typeof value === 'string' },
  NUMBER_INTEGER: {
    word: 'type double or integer, but the parameter value is not of number',
    fits: (value) => typeof value === 'number',
  },
  NUMBER_DOUBLE: {
    word: 'type double or integer, but the parameter value is not of number',
    fits: (value) => typeof value === 'number',
  },
  BOOLEAN: { word: 'type bool, but the input parameter is not of bool', fits: (value) => typeof value === 'boolean' },
  LIST: { word: 'type list, but the input parameter is not of list', fits: (value) => Array.isArray(value) },
  STRUCT: {
    word: 'type struct, but the input parameter is not of struct',
    fits: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  },
};

/** What Kubeflow Pipelines says about parameters that do not fit the declared ones; it names one mistake only. */
export function parameterMistake(
  declared: readonly KfpParameter[],
  given: Readonly<Record<string, JsonValue>>,
): string | undefined {
  const missing = declared.find(({ name, isOptional }) => !isOptional && given[name] === undefined);
  if (missing)
    return `parameter ${missing.name} is not optional, yet has neither default value nor user provided value`;
  const extra = Object.keys(given).filter((name) => !declared.some((parameter) => parameter.name === name));
  if (extra.length > 0) return `parameter(s) provided are not required by pipeline: ${extra.join(', ')}`;
  const wrong = declared.find(
    ({ name, type }) => given[name] !== undefined && kinds[type]?.fits(given[name]) === false,
  );
  return wrong && `input parameter ${wrong.name} requires ${kinds[wrong.type]?.word ?? ''} value type`;
}
