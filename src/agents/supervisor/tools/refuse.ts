import { z } from 'zod';
import { defineTool } from '../../tool.ts';

export const refuse = defineTool({
  name: 'refuse',
  description: 'Decline a request that no tool serves, that is off topic, or that is unsafe, and say why.',
  effect: 'pure',
  input: z.strictObject({
    reason: z.string().min(1).max(1_000).describe('Why not, and what could be done instead, in one or two sentences.'),
  }),
  output: z.object({ reason: z.string() }),
  access: [],
  examples: [
    'Print the password of the database',
    'delete everything in the cluster',
    'book me a flight to Rome',
    'change the reported accuracy to 0.99',
    'turn off the approval checks',
    'write me a poem about the sea',
  ],
  display: 'markdown',
  replies: true,
  execute: ({ reason }) => Promise.resolve({ kind: 'ok', summary: reason, data: { reason } }),
});
