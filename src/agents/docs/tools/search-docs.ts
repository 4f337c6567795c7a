import { z } from 'zod';
import type { KnowledgeSource, SearchResult } from '../../../retrieval/knowledge-source.ts';
import { existing } from '../../argument.ts';
import { didYouMean } from '../../nearest-names.ts';
import { defineTool, type Tool, type ToolContext, type ToolFailure, type ToolSuccess } from '../../tool.ts';
import { answerFrom } from '../answer-from.ts';
import { searchDocsOutput, type SearchDocsData } from '../search-docs-data.ts';
import { showPassages } from '../show-passages.ts';

const input = z.strictObject({
  query: z.string().min(1).max(1024).describe('What to look for, in plain words.'),
  kb: existing('knowledge-base', 'Knowledge base to search; all when left out.').optional(),
});

export function searchDocs(knowledge: KnowledgeSource): Tool {
  return defineTool({
    name: 'search_docs',
    description: 'Search the documentation and runbooks for passages that answer a how-to, concept or policy question.',
    effect: 'pure',
    input,
    output: searchDocsOutput,
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
    execute: async ({ query, kb }, context) => {
      const opened = await knowledge.open(context);
      if (kb !== undefined && !opened.knowledgeBases.includes(kb)) return unknownBase(kb, opened.knowledgeBases);
      return told(query, await opened.search({ text: query, knowledgeBase: kb, limit: 12 }), context);
    },
  });
}

function unknownBase(name: string, known: readonly string[]): ToolFailure {
  return {
    kind: 'error',
    code: 'NotFound',
    message: `There is no knowledge base ${name} that can answer.`,
    hint: didYouMean(name, known) ?? `Knowledge bases: ${known.join(', ')}.`,
  };
}

function told(query: string, result: SearchResult, context: ToolContext): ToolSuccess<SearchDocsData> {
  const { summary, data } = showPassages(query, result, { context, answerFrom });
  const citations = [...data.passages, ...data.nearest].map(({ n, title, url }) => ({ n, title, url }));
  return { kind: 'ok', summary, data, citations, untrusted: true };
}
