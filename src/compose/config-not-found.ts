import { TerminalError } from '../base/errors.ts';

export function configNotFound(namespace: string, name: string): TerminalError {
  const message = `There is no SwarmConfig ${name} in namespace ${namespace}; create it, or correct spec.configRef.`;
  return new TerminalError('ConfigNotFound', message);
}
