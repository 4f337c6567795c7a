import type { FailureCause } from '../../failure-causes.ts';

/** What to try about each class of causes. */
export const advice: Readonly<Record<FailureCause, readonly string[]>> = {
  None: [],
  UserException: [
    'Read the log of the task: the error comes from the program it runs.',
    'Correct the data, a parameter or the code; then retry_run goes on from the failed task, and run_pipeline starts anew.',
  ],
  OutOfMemory: [
    'Raise the memory limit of the task in the pipeline (set_memory_limit) and upload it as a new version.',
    'Or give it less to do: a smaller batch, sample or model.',
  ],
  ImagePull: [
    'Check the image name and tag for typing errors, and that the image exists.',
    'If the registry is private, give the ServiceAccount of the run an imagePullSecret.',
  ],
  MissingParameter: ['Run the pipeline again with the missing parameter; get_pipeline lists what it takes.'],
  InvalidParameter: ['Run the pipeline again with a value of the declared type; get_pipeline lists the types.'],
  Configuration: ['Create the Secret, ConfigMap or key that the task refers to, or correct its name in the pipeline.'],
  Quota: [
    'Wait for other runs to end, or stop what is not needed; then use retry_run.',
    'Or ask an administrator to raise the ResourceQuota of the namespace.',
  ],
  Unschedulable: [
    'Lower the CPU, memory or GPU request of the task so that it fits a node.',
    'Check node selectors, tolerations and volumes; or ask an administrator for more nodes.',
  ],
  Evicted: ['Use retry_run; ask an administrator if the node runs short of memory or disk.'],
  Timeout: [
    'Find out in the log what took so long.',
    'Raise the time limit in the pipeline if the work really needs more time.',
  ],
  UpstreamFailure: ['Look at the task it depends on first: this one lacked an output of it.'],
  Cancelled: [
    'Use retry_run to go on from where it was stopped, or run_pipeline to start anew, if it is still wanted.',
  ],
  Admission: ['Read what the admission rule says, and change the pipeline accordingly or ask an administrator.'],
  NotFound: ['Create what is missing, or correct its name in the pipeline or in the settings of the run.'],
  InvalidPipeline: ['Correct the pipeline as the message says, and upload it as a new version.'],
  Unknown: ['Look at the events and the log, and at the Argo workflow controller if they say nothing.'],
};
