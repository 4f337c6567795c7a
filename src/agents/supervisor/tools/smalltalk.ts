import { z } from 'zod';
import { defineTool } from '../../tool.ts';

export const smalltalk = defineTool({
  name: 'smalltalk',
  description: 'Answer a greeting, thanks or farewell.',
  effect: 'pure',
  input: z.strictObject({
    reply: z.string().min(1).max(500).describe('A short friendly answer in the language of the person.'),
  }),
  output: z.object({ reply: z.string() }),
  access: [],
  examples: ['Hello!', 'good morning', 'thanks, that was great', 'bye', 'how are you today?', 'cheers'],
  display: 'markdown',
  replies: true,
  execute: ({ reply }) => Promise.resolve({ kind: 'ok', summary: reply, data: { reply } }),
});
