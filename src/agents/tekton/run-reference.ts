import type { TektonRun } from '../../backends/tekton/tekton-objects.ts';
import type { RunReference } from '../tool.ts';
import { pipelineNameOf, textsByName } from './tekton-data.ts';

/** The run in the words that all backends share. */
export function runReferenceOf(run: TektonRun, namespace: string): RunReference {
  return {
    backend: 'tekton',
    namespace,
    name: run.name,
    id: run.uid,
    pipeline: pipelineNameOf(run),
    state: run.state,
    startedAt: run.startedAt,
    finishedAt: run.finishedAt,
    message: run.message === '' ? undefined : run.message,
    results: run.results.length === 0 ? undefined : textsByName(run.results),
  };
}
