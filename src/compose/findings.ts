import type { ConditionType } from '../api/conditions.ts';
import { KfpRefusedError } from '../backends/kfp/kfp-refused-error.ts';
import { ObjectStoreRefusedError } from '../backends/s3/object-store-refused-error.ts';
import { TektonRefusedError } from '../backends/tekton/tekton-refused-error.ts';
import { attempt } from '../base/attempt.ts';
import { messageOf, TerminalError } from '../base/errors.ts';
import type { Finding } from '../reconcilers/swarm-config/observed.ts';

/** What came of asking one backend. */
export async function finding(type: ConditionType, whenGood: string, work: () => Promise<unknown>): Promise<Finding> {
  const asked = await attempt(work);
  return asked.ok ? available(type, whenGood) : findingOf(type, asked.error);
}

export function available(type: ConditionType, message: string): Finding {
  return { type, status: 'True', reason: 'Available', message, timeMayHelp: true };
}

export function findingOf(type: ConditionType, error: unknown): Finding {
  const timeMayHelp = !(error instanceof TerminalError) && !isRefusal(error);
  return { type, status: 'False', reason: reasonOf(error), message: messageOf(error), timeMayHelp };
}

type Refusal = KfpRefusedError | ObjectStoreRefusedError | TektonRefusedError;

function isRefusal(error: unknown): error is Refusal {
  const kinds = [KfpRefusedError, ObjectStoreRefusedError, TektonRefusedError];
  return kinds.some((kind) => error instanceof kind);
}

function reasonOf(error: unknown): string {
  const own = isRefusal(error) ? error.code : (error as { reason?: unknown }).reason;
  return typeof own === 'string' ? own : 'Unavailable';
}
