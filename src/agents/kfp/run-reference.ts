import type { KfpRun } from '../../backends/kfp/kfp-objects.ts';
import type { RunReference } from '../tool.ts';
import { pipelineNameOf } from './kfp-data.ts';

/** The run in the words that all backends share. */
export function runReferenceOf(run: KfpRun, namespace: string): RunReference {
  return {
    backend: 'kfp',
    namespace,
    name: run.name,
    id: run.id,
    pipeline: pipelineNameOf(run),
    state: run.state,
    startedAt: run.startedAt ?? run.createdAt,
    finishedAt: run.finishedAt,
    message: run.error ?? run.note,
    url: run.url,
  };
}
