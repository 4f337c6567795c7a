import { type Turn } from '../../../api/turn.ts';
import { type PendingCall } from '../../session/pending-calls.ts';
import { type Baseline, valuesByPath } from './argument-lines.ts';

/** The newest earlier call of the same tool for the same pipeline in this conversation that was carried out. */
export function lastTime(call: PendingCall, turns: readonly Turn[]): Baseline | undefined {
  const target = pipelineOf(call.arguments);
  const earlier = turns
    .flatMap((turn) => turn.status?.steps ?? [])
    .filter(({ agent }) => agent === call.agent)
    .flatMap(({ calls }) => calls ?? [])
    .filter(({ tool, outcome }) => tool === call.tool && outcome?.state === 'Succeeded')
    .findLast((candidate) => pipelineOf(candidate.arguments) === target);
  return earlier && { name: 'last time', values: valuesByPath(earlier.arguments) };
}

/** Name of the pipeline that a call is about, when its arguments have one. */
export function pipelineOf(canonicalJson: string): string | undefined {
  const { pipeline } = JSON.parse(canonicalJson) as { pipeline?: unknown };
  return typeof pipeline === 'string' ? pipeline : undefined;
}

/** What Tekton would take where the call gives no parameter. */
export interface DeclaredParameter {
  readonly name: string;
  readonly default?: unknown;
}

export function defaultsOf(parameters: readonly DeclaredParameter[]): Baseline {
  const known = parameters.filter((parameter) => parameter.default !== undefined);
  const values = known.map(({ name, default: value }): [string, string] => [
    `params.${name}`,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return { name: 'default', values: Object.fromEntries(values) };
}
