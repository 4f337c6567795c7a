import { failure } from './found.ts';
import type { ToolContext, ToolFailure } from './tool.ts';

/** Tools stay in the namespace of the conversation; asking for another one is answered, not obeyed. */
export function refuseOtherNamespace(wanted: string | undefined, context: ToolContext): ToolFailure | undefined {
  if (wanted === undefined || wanted === context.namespace) return undefined;
  return failure(
    'OtherNamespace',
    `This conversation works in namespace ${context.namespace} and cannot look into ${wanted}.`,
    `Ask in a conversation of namespace ${wanted}.`,
  );
}
