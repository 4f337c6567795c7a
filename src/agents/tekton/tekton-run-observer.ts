import type { TektonClient } from '../../backends/tekton/tekton-client.ts';
import { TektonRefusedError } from '../../backends/tekton/tekton-refused-error.ts';
import { TerminalError } from '../../base/errors.ts';
import type { RunObserver } from '../run-observer.ts';
import { runReferenceOf } from './run-reference.ts';

export function createTektonRunObserver(tekton: TektonClient): RunObserver {
  return {
    backend: 'tekton',
    observe: async (name, context) => {
      try {
        const run = await tekton.getRun(name, context);
        return run && runReferenceOf(run, context.namespace);
      } catch (error) {
        if (!(error instanceof TektonRefusedError)) throw error;
        throw new TerminalError(error.code, error.message, { cause: error });
      }
    },
  };
}
