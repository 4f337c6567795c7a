/** What the shell gets to know; `kubectl swarm help exit-codes` and docs/reference/kubectl-swarm.md print this table. */
export const exitCodes = {
  answered: 0,
  failed: 1,
  usage: 2,
  approval: 3,
  unreachable: 4,
  forbidden: 5,
  timeout: 6,
  budget: 7,
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export const exitCodeMeanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  answered: 'Answered, or done.',
  failed: 'The agent, a tool or the request failed; what is asked for does not exist.',
  usage: 'The command line is wrong.',
  approval: 'A call waits for approval, or was denied.',
  unreachable: 'The cluster cannot be reached, or the operator or its kinds are not installed.',
  forbidden: 'A right is missing; the message names verb, resource and namespace.',
  timeout: 'There was no answer in time; the turn may go on.',
  budget: 'A limit of steps, tokens or budget was reached.',
  interrupted: 'Interrupted from the keyboard.',
};
