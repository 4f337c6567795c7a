import { conditionReasons } from '../../src/api/conditions.ts';
import { alerts } from './alerts.ts';
import { remedies } from './remedies.ts';

/** docs/operations/runbook.md: a section for each alert and for each reason of a condition. */
export function runbook(): string {
  return [
    '# Runbook',
    'What alerts and reasons of conditions mean and what to do. Alerts link here; a reason is found by its name.',
    'First steps, whatever it is:',
    [
      '```sh',
      'kubectl get swarm -n NAMESPACE                       # phase and reason of everything',
      'kubectl describe conversation NAME -n NAMESPACE      # conditions with their messages, and Events in order',
      'kubectl get turn NAME -n NAMESPACE -o yaml           # the journal: each decision, call and outcome',
      'kubectl logs -n swarm-system deployment/swarm-operator --tail=200',
      'kubectl swarm doctor -n NAMESPACE                    # checks the way from you to the backends',
      '```',
    ].join('\n'),
    '# Alerts',
    ...alerts.map(({ name, summary, meaning, steps }) =>
      [`## ${name}`, `\`${summary}\``, meaning, ...numbered(steps)].join('\n\n'),
    ),
    '# Reasons of conditions',
    'What needs nobody is short here: it is part of the ordinary course.',
    ...Object.entries(conditionReasons).map(([reason, meaning]) =>
      [`## ${reason}`, meaning, ...remedyOf(reason as keyof typeof conditionReasons)].join('\n\n'),
    ),
  ].join('\n\n');
}

function remedyOf(reason: keyof typeof conditionReasons): readonly string[] {
  const remedy = remedies[reason];
  return remedy === undefined ? ['Nothing is to be done.'] : [`**Do**: ${remedy}`];
}

function numbered(steps: readonly string[]): readonly string[] {
  return steps.length === 1 ? steps : [steps.map((step, index) => `${index + 1}. ${step}`).join('\n')];
}
