import { readFileSync } from 'node:fs';
import type { KubeObject } from '../../../kube/kube-client.ts';

interface RecordedAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Answers of Kubeflow Pipelines 2.17.0, long internal texts cut. */
export const recordedAnswers = read('answers') as Readonly<
  Record<
    | 'emptyList'
    | 'health'
    | 'unknownRoute'
    | 'wrongMethod'
    | 'runNotFound'
    | 'duplicateRun'
    | 'wrongParameter'
    | 'unknownField'
    | 'unknownPipeline'
    | 'noManifest'
    | 'nameTooLong'
    | 'forbidden'
    | 'unauthorized'
    | 'retryRefused'
    | 'terminateRefused'
    | 'uploadTaken'
    | 'uploadNameTooLong'
    | 'logOfUnknownNode'
    | 'experimentTaken',
    RecordedAnswer
  >
>;

/** Runs as GET /runs/{id} showed them at several moments of their lives. */
export const recordedRuns = read('runs') as Readonly<
  Record<
    | 'pending'
    | 'running'
    | 'succeeded'
    | 'failed'
    | 'retried'
    | 'canceling'
    | 'terminated'
    | 'withoutState'
    | 'goingAgain'
    | 'branches',
    Readonly<Record<string, unknown>> & { readonly run_id: string }
  >
>;

/** Workflows of Argo 4.0.5, without specification and inputs. */
export const recordedWorkflows = read('workflows') as Readonly<
  Record<'new' | 'succeeded' | 'failed' | 'retried' | 'terminated' | 'withoutPods', KubeObject>
>;

export const recordedRecurringRuns = read('recurring-runs') as Readonly<
  Record<'cron' | 'span' | 'interval' | 'withoutTrigger', Readonly<Record<string, unknown>>>
>;

/** Specifications that the SDK 2.17.0 compiled, without programs. */
export const recordedSpecifications = read('specifications') as Readonly<
  Record<'train_and_evaluate' | 'typed_parameters' | 'branches_and_loops' | 'with_platform_spec', unknown>
>;

function read(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`./${name}.json`, import.meta.url), 'utf8'));
}
