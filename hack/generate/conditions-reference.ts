import { conditionReasons, conditionTypes } from '../../src/api/conditions.ts';
import { table } from './resource-reference.ts';

export function conditionsReference(): string {
  return [
    '# Conditions',
    'Every condition carries `observedGeneration` and a message for people. `Reconciling`, `Stalled` and `AwaitingApproval` are there only while they are true, so that kstatus (Argo CD, Helm, Flux) reads the objects without a script of its own.',
    '## Types',
    table(
      ['type', 'on', 'meaning'],
      Object.entries(conditionTypes).map(([type, { kinds, meaning }]) => [`\`${type}\``, kinds.join(', '), meaning]),
    ),
    '## Reasons',
    table(
      ['reason', 'meaning'],
      Object.entries(conditionReasons).map(([reason, meaning]) => [`\`${reason}\``, meaning]),
    ),
  ].join('\n\n');
}
