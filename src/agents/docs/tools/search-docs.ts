import { z } from 'zod';
import { existing } from '../../argument.ts';
import { declareTool } from '../../tool.ts';

export const searchDocs = declareTool({
  name: 'search_docs',
  description: 'Search the documentation and runbooks for passages that answer a how-to, concept or policy question.',
  effect: 'pure',
  input: z.strictObject({
    query: z.string().min(1).max(1024).describe('What to look for, in plain words.'),
    kb: existing('knowledge-base', 'Knowledge base to search; all when left out.').optional(),
  }),
  output: z.object({
    passages: z.array(
      z.object({
        n: z.int(),
        text: z.string(),
        title: z.string(),
        url: z.string(),
        knowledgeBase: z.string(),
        score: z.number(),
      }),
    ),
    confident: z.boolean(),
  }),
  access: [{ verb: 'get', group: 'swarm.mlops.dev', resource: 'indices' }],
  examples: [
    'How do I write a pipeline component?',
    'what is the difference between a workspace and a volume?',
    'What does our runbook say about rotating credentials?',
    'explain how caching works according to the documentation',
    'which setting controls the retry limit?',
    'is there a policy for keeping personal data?',
  ],
  display: 'markdown',
});
