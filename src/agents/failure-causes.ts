/** Classes of causes of failures, and what Kubernetes says that tells them; shared by the agents that explain runs. */

export const failureCauses = [
  'None',
  'UserException',
  'OutOfMemory',
  'ImagePull',
  'MissingParameter',
  'InvalidParameter',
  'Configuration',
  'Quota',
  'Unschedulable',
  'Evicted',
  'Timeout',
  'UpstreamFailure',
  'Cancelled',
  'Admission',
  'NotFound',
  'InvalidPipeline',
  'Unknown',
] as const;
export type FailureCause = (typeof failureCauses)[number];

/** Reasons for which a container waits or has ended. */
export const containerReasons: Readonly<Record<string, FailureCause>> = {
  ImagePullBackOff: 'ImagePull',
  ErrImagePull: 'ImagePull',
  ErrImageNeverPull: 'ImagePull',
  InvalidImageName: 'ImagePull',
  RegistryUnavailable: 'ImagePull',
  CreateContainerConfigError: 'Configuration',
  CreateContainerError: 'Configuration',
  OOMKilled: 'OutOfMemory',
};

/** There is one reason for everything that keeps a pod from being created; only the API server's words tell more. */
export function podCreationCause(message: string): FailureCause {
  if (/exceeded quota/i.test(message)) return 'Quota';
  // An admission plugin says "forbidden" as well when an object that the pod needs is missing.
  if (/\b(?:serviceaccount|secret|configmap|persistentvolumeclaim|priorityclass)\b.*not found/i.test(message)) {
    return 'NotFound';
  }
  if (/admission|denied|violates|forbidden/i.test(message)) return 'Admission';
  return /not found/i.test(message) ? 'NotFound' : 'Unknown';
}

/** What exit codes beyond 128 and a few others usually mean. */
export const exitCodeHints: Readonly<Record<number, string>> = {
  2: 'Exit code 2 often means wrong usage: check the arguments of the step.',
  126: 'Exit code 126: the command was found but may not be executed.',
  127: 'Exit code 127: the command was not found in the image.',
  134: 'Exit code 134: the program aborted itself.',
  137: 'Exit code 137: the process was killed, often for want of memory.',
  139: 'Exit code 139: the program accessed memory it must not (segmentation fault).',
  143: 'Exit code 143: the process was asked to end (SIGTERM).',
};
