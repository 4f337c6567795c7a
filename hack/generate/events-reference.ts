import { conditionTypes } from '../../src/api/conditions.ts';
import { announcedConditions, eventReasons } from '../../src/api/events.ts';
import { table } from './resource-reference.ts';

export function eventsReference(): string {
  const announced = Object.entries(announcedConditions).map(([condition, type]) => {
    const { meaning } = conditionTypes[condition as keyof typeof announcedConditions];
    return ['that of the condition', type, 'Turn', `The condition \`${condition}\` came up: ${lowerFirst(meaning)}`];
  });
  const own = Object.entries(eventReasons).map(([reason, { type, on, meaning }]) => [
    `\`${reason}\``,
    type,
    on,
    meaning,
  ]);
  const failed = ['that of the condition', 'Warning', 'Turn', 'The turn failed: `Succeeded` became False.'];
  return [
    '# Events',
    'Events tell people what calls for them; progress is in conditions. An Event that announces a condition has its reason and message, see [conditions](conditions.md). The same Event said again within ten minutes is counted in its series.',
    table(['reason', 'type', 'on', 'when'], [...announced, failed, ...own]),
  ].join('\n\n');
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
