import { z } from 'zod';
import { defineTool } from '../../tool.ts';

export const clarify = defineTool({
  name: 'clarify',
  description: 'Ask the person back when something needed is missing or several things fit.',
  effect: 'pure',
  input: z.strictObject({
    question: z.string().min(1).max(1_000).describe('The question, in the language of the person.'),
    options: z.array(z.string().min(1).max(253)).max(10).optional().describe('Answers to choose from.'),
  }),
  output: z.object({ question: z.string(), options: z.array(z.string()) }),
  access: [],
  examples: ['Run it', 'delete that file', 'stop the run', 'compare them', 'start the pipeline with the usual values'],
  display: 'markdown',
  replies: true,
  execute: ({ question, options = [] }) => {
    const list = options.map((option) => `\n- ${option}`).join('');
    return Promise.resolve({ kind: 'ok', summary: `${question}${list}`, data: { question, options } });
  },
});
