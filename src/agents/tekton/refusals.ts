import { TektonRefusedError } from '../../backends/tekton/tekton-refused-error.ts';
import { failure } from '../found.ts';
import type { Tool, ToolFailure } from '../tool.ts';

/** A refusal of the API server is something a model can use: no tool has to care for it itself. */
export function answeringRefusals(tool: Tool): Tool {
  const precheck: Tool['precheck'] = async (input, context) => tool.precheck?.(input, context).catch(refusal);
  return {
    ...tool,
    execute: (input, context) => tool.execute(input, context).catch(refusal),
    ...(tool.precheck && { precheck }),
  };
}

function refusal(error: unknown): ToolFailure {
  if (!(error instanceof TektonRefusedError)) throw error;
  // The text of an admission rule was written by whoever wrote the rule.
  return { ...failure(error.code, error.message.slice(0, 1_000), hints[error.code]), untrusted: true };
}

const hints = {
  Forbidden: 'The run-as ServiceAccount lacks the right or the quota; an administrator of the namespace can grant it.',
  Rejected: 'The API server or an admission rule does not accept this object as it is.',
} as const;
