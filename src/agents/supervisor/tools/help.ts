import { z } from 'zod';
import type { Agent } from '../../agent.ts';
import { defineTool } from '../../tool.ts';

/** The answer names only what can be executed. */
export const help = (agents: readonly Pick<Agent, 'name' | 'purpose' | 'tools'>[]) =>
  defineTool({
    name: 'help',
    description: 'Tell the person what this assistant can do, with requests to try.',
    effect: 'pure',
    input: z.strictObject({
      topic: z.string().min(1).max(200).optional().describe('What the person wants help with, if they said so.'),
    }),
    output: z.object({
      abilities: z.array(z.object({ agent: z.string(), purpose: z.string(), examples: z.array(z.string()) })),
    }),
    access: [],
    examples: [
      'What can you do?',
      'help',
      'how do I use this assistant?',
      'which kinds of things may I ask you?',
      'I am new here, what are my options?',
    ],
    display: 'markdown',
    replies: true,
    execute: (_input, { availableAgents }) => {
      const available = agents.filter(({ name }) => availableAgents.includes(name));
      const abilities = available.flatMap(({ name, purpose, tools }) => {
        const examples = tools.flatMap((tool) => tool.examples.slice(0, 1));
        return examples.length === 0 ? [] : [{ agent: name, purpose, examples: examples.slice(0, 6) }];
      });
      return Promise.resolve({ kind: 'ok', summary: helpText(abilities), data: { abilities } });
    },
  });

function helpText(abilities: readonly { purpose: string; examples: readonly string[] }[]): string {
  if (abilities.length === 0) return 'No backend is set up yet, so there is nothing I can look at or change.';
  const sections = abilities.map(
    ({ purpose, examples }) => `- ${purpose}\n${examples.map((example) => `  - “${example}”`).join('\n')}`,
  );
  return `Ask in your own words. I can work with:\n${sections.join('\n')}\nBefore I change anything I ask, unless a rule allows it.`;
}
