import { type KfpRefusal, KfpRefusedError } from '../../backends/kfp/kfp-refused-error.ts';
import { ObjectStoreRefusedError } from '../../backends/s3/object-store-refused-error.ts';
import { failure } from '../found.ts';
import type { Tool, ToolFailure } from '../tool.ts';

/** A refusal of a backend is something a model can use: no tool has to care for it itself. */
export function answeringRefusals(tool: Tool): Tool {
  const precheck: Tool['precheck'] = async (input, context) => tool.precheck?.(input, context).catch(refusal);
  // A preview comes after the precheck: what is refused only now is left to the call itself.
  const preview: Tool['preview'] = async (input, context) =>
    tool.preview?.(input, context).catch((error: unknown) => void refusal(error));
  return {
    ...tool,
    execute: (input, context) => tool.execute(input, context).catch(refusal),
    ...(tool.precheck && { precheck }),
    ...(tool.preview && { preview }),
  };
}

function refusal(error: unknown): ToolFailure {
  if (error instanceof KfpRefusedError) return described(error.code, error.message, hints[error.code]);
  if (error instanceof ObjectStoreRefusedError) return described(error.code, error.message, error.hint);
  throw error;
}

/** Servers quote in their messages what others have written. */
function described(code: string, message: string, hint: string | undefined): ToolFailure {
  return { ...failure(code, message.slice(0, 1_000), hint), untrusted: true };
}

const hints: Readonly<Record<KfpRefusal, string>> = {
  Forbidden:
    'The run-as ServiceAccount lacks the right in group pipelines.kubeflow.org; an administrator of the namespace can grant it.',
  NotFound: 'It may have been deleted in the meantime; look it up again.',
  InvalidArgument: 'Kubeflow Pipelines does not accept these values.',
  Conflict: 'Look at its present state first.',
};
