import { readFileSync } from 'node:fs';
import type { KubeObject } from '../../../kube/kube-client.ts';

type RecordedName =
  | 'trainedRun'
  | 'failedRun'
  | 'failedTaskRun'
  | 'failedPod'
  | 'failedEvent'
  | 'outOfMemoryTaskRun'
  | 'outOfMemoryPod'
  | 'imagePullTaskRun'
  | 'unplacedTaskRun'
  | 'unplacedPod'
  | 'missingSecretTaskRun'
  | 'missingSecretPod'
  | 'timedOutTaskRun'
  | 'overQuotaTaskRun'
  | 'notAdmittedTaskRun'
  | 'missingTaskRun'
  | 'missingParameterRun'
  | 'missingPipelineRun'
  | 'missingResultRun'
  | 'missingResultTaskRun'
  | 'pipeline';

/** Objects as Tekton v1.15.0 and Kubernetes v1.37 wrote them when the samples and the troubles of the test bed ran. */
export const recordedObjects = JSON.parse(readFileSync(new URL('./objects.json', import.meta.url), 'utf8')) as Readonly<
  Record<RecordedName, KubeObject>
>;
