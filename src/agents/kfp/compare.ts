import type { JsonValue, KfpScalarMetric } from '../../backends/kfp/kfp-objects.ts';
import { textOf } from './kfp-data.ts';
import { isSmallerBetter, numberInWords } from './metrics.ts';

export interface ComparedRun {
  /** Name, or name with id where names repeat. */
  readonly label: string;
  readonly parameters: Readonly<Record<string, JsonValue>>;
  readonly metrics: readonly KfpScalarMetric[];
}

export interface ComparedParameter {
  readonly name: string;
  /** In the order of the runs; `-` where a run has none. */
  readonly values: string[];
  readonly differs: boolean;
}

export interface ComparedMetric {
  readonly name: string;
  /** In the order of the runs; null where a run has none. */
  readonly values: (number | null)[];
  /** The best run, when one is better than all others. */
  readonly best?: string;
  readonly direction: 'higher is better' | 'lower is better';
}

export interface Comparison {
  readonly parameters: ComparedParameter[];
  readonly metrics: ComparedMetric[];
}

/** @param wanted names of metrics; all when undefined. Differences come first. */
export function compare(runs: readonly ComparedRun[], wanted: readonly string[] | undefined): Comparison {
  const parameters = namesOf(runs.map((run) => Object.keys(run.parameters))).map((name) =>
    comparedParameter(runs, name),
  );
  const isWanted = (name: string) =>
    wanted === undefined || wanted.some((entry) => entry.toLowerCase() === name.toLowerCase());
  const metrics = namesOf(runs.map((run) => run.metrics.map(({ name }) => name)))
    .filter(isWanted)
    .map((name) => comparedMetric(runs, name));
  return {
    parameters: parameters.toSorted((left, right) => Number(right.differs) - Number(left.differs)),
    metrics: metrics.toSorted((left, right) => Number(differs(right.values)) - Number(differs(left.values))),
  };
}

function namesOf(names: readonly (readonly string[])[]): readonly string[] {
  return [...new Set(names.flat())];
}

function comparedParameter(runs: readonly ComparedRun[], name: string): ComparedParameter {
  const values = runs.map(({ parameters }) => {
    const value = parameters[name];
    return value === undefined ? '-' : textOf(value);
  });
  return { name, values, differs: differs(values) };
}

function comparedMetric(runs: readonly ComparedRun[], name: string): ComparedMetric {
  const values = runs.map((run) => run.metrics.find((metric) => metric.name === name)?.value ?? null);
  const isSmaller = isSmallerBetter(name);
  const best = bestOf(values, isSmaller);
  const label = best === undefined ? undefined : runs[best]?.label;
  return {
    name,
    values,
    ...(label !== undefined && { best: label }),
    direction: isSmaller ? 'lower is better' : 'higher is better',
  };
}

function bestOf(values: readonly (number | null)[], isSmaller: boolean): number | undefined {
  const numbers = values.filter((value) => value !== null);
  if (numbers.length < 2) return undefined;
  const best = isSmaller ? Math.min(...numbers) : Math.max(...numbers);
  return numbers.filter((value) => value === best).length === 1 ? values.indexOf(best) : undefined;
}

function differs(values: readonly unknown[]): boolean {
  return new Set(values).size > 1;
}

const inSentence = 4;

/** `Runs a and b differ in lr (0.1, 0.01); accuracy 0.91, 0.93 (best: b).` */
export function comparisonInWords(runs: readonly ComparedRun[], { parameters, metrics }: Comparison): string {
  const names = runs.map(({ label }) => label).join(', ');
  const labels = `Runs ${names.replace(/, ([^,]*)$/, ' and $1')}`;
  const different = parameters
    .filter((entry) => entry.differs)
    .slice(0, inSentence)
    .map(({ name, values }) => `${name} (${values.join(', ')})`);
  const apart = different.length === 0 ? 'have the same parameters' : `differ in ${different.join(', ')}`;
  if (metrics.length === 0) return `${labels} ${apart}; no metric of theirs can be compared.`;
  const numbers = metrics.slice(0, inSentence).map(({ name, values, best }) => {
    const shown = values.map((value) => (value === null ? 'none' : numberInWords(value))).join(', ');
    return `${name} ${shown}${best === undefined ? '' : ` (best: ${best})`}`;
  });
  const winner = winnerOf(metrics);
  const won = winner === undefined ? '' : `; ${winner} is best by most metrics`;
  return `${labels} ${apart}; ${numbers.join('; ')}${metrics.length > 1 ? won : ''}.`;
}

function winnerOf(metrics: readonly ComparedMetric[]): string | undefined {
  const wins = new Map<string, number>();
  for (const { best } of metrics) if (best !== undefined) wins.set(best, (wins.get(best) ?? 0) + 1);
  const [first, second] = [...wins].toSorted(([, left], [, right]) => right - left);
  return first && first[1] > (second?.[1] ?? 0) ? first[0] : undefined;
}
