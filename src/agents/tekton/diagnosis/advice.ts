import type { FailureCause } from '../../failure-causes.ts';

/** What to try about each class of causes. */
export const advice: Readonly<Record<FailureCause, readonly string[]>> = {
  None: [],
  UserException: [
    'Read the log of the step: the error comes from the program it runs.',
    'Correct the input or the code, then start the run again with rerun.',
  ],
  OutOfMemory: [
    'Raise the memory limit of the step in the pipeline (computeResources.limits.memory).',
    'Or give it less to do: a smaller batch, sample or model.',
  ],
  ImagePull: [
    'Check the image name and tag for typing errors, and that the image exists.',
    'If the registry is private, give the ServiceAccount of the run an imagePullSecret.',
  ],
  MissingParameter: ['Start the pipeline again with the missing parameter; get_pipeline lists what it takes.'],
  InvalidParameter: ['Start the pipeline again with a value of the declared type; get_pipeline lists the types.'],
  Configuration: ['Create the Secret, ConfigMap or key that the step refers to, or correct its name in the pipeline.'],
  Quota: [
    'Wait for other runs to end, or delete what is not needed.',
    'Or ask an administrator to raise the ResourceQuota of the namespace.',
  ],
  Unschedulable: [
    'Lower the CPU, memory or GPU request of the step so that it fits a node.',
    'Check node selectors, tolerations and volumes; or ask an administrator for more nodes.',
  ],
  Evicted: ['Start it again with rerun; ask an administrator if the node runs short of memory or disk.'],
  Timeout: [
    'Find out in the log what took so long.',
    'Raise the timeout in the pipeline if the work really needs more time.',
  ],
  UpstreamFailure: ['Look at the task it depends on first: this one lacked a result or an input of it.'],
  Cancelled: ['Start it again with rerun if it is still wanted.'],
  Admission: ['Read what the admission rule says, and change the pipeline accordingly or ask an administrator.'],
  NotFound: ['Create what is missing, or correct its name in the pipeline.'],
  InvalidPipeline: ['Correct the pipeline as the message says; kubectl apply --dry-run=server checks it.'],
  Unknown: ['Look at the events and the log, and at the controller of Tekton if they say nothing.'],
};
