import type { Agent } from '../agents/agent.ts';
import type { InventoryItem } from '../agents/agent.ts';
import type { Inventory } from './inventory.ts';
import { cut } from './results.ts';
import type { TurnFacts } from './turn-facts.ts';

/** What an agent knows before it reads the first message. `limit` is in characters and bounds the inventory. */
export function systemPrompt(agent: Agent, facts: TurnFacts, known: { inventory: Inventory; limit: number }): string {
  const extra = facts.agents[agent.name]?.instructions;
  return [
    agent.instructions,
    extra,
    `You work in the Kubernetes namespace ${facts.namespace}. It is ${facts.askedAt.toISOString()}.`,
    facts.summary && `Established earlier in this conversation:\n${facts.summary}`,
    inventoryText(known.inventory, known.limit),
  ]
    .filter((part) => part !== undefined && part !== '')
    .join('\n\n');
}

function inventoryText({ items, unavailable }: Inventory, limit: number): string {
  const lines = items.map(itemLine);
  let used = 0;
  const shown = lines.filter((line) => (used += line.length + 1) <= limit);
  const more = lines.length - shown.length;
  return [
    ...(shown.length > 0 ? ['What exists now (names are exact):', ...shown] : []),
    ...(more > 0 ? [`… and ${more} more; list them with a tool.`] : []),
    ...unavailable,
  ].join('\n');
}

function itemLine({ agent, kind, name, description, attributes, parameters }: InventoryItem): string {
  const facts = Object.entries(attributes).map(([key, value]) => `${key} ${cut(value, 80)}`);
  const inputs = (parameters ?? []).map(
    (parameter) =>
      `${parameter.name}: ${parameter.type}${parameter.default === undefined ? ', required' : ` = ${cut(parameter.default, 40)}`}`,
  );
  return [
    `- ${kind} ${name} (${agent})`,
    description && `: ${cut(description, 160)}`,
    facts.length > 0 && ` [${facts.join(', ')}]`,
    inputs.length > 0 && ` parameters {${inputs.join('; ')}}`,
  ]
    .filter(Boolean)
    .join('');
}
