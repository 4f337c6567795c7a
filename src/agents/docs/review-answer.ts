import type { CitablePassage } from '../../retrieval/compose-answer.ts';
import { type AnswerProblem, verifyAnswer } from '../../retrieval/verify-answer.ts';
import type { AnswerReview, AnswerUnderReview } from '../agent.ts';
import { withoutBoundary } from './show-passages.ts';
import { searchDocsOutput } from './search-docs-data.ts';

const maxProblemsNamed = 6;

/**
 * Sends an answer back once with what does not hold; after that, only the sentences that hold are kept, and when none
 * does, the answer says so.
 */
export function reviewAnswer({ text, results, rejections }: AnswerUnderReview): AnswerReview {
  const passages = results.filter(({ tool }) => tool === 'search_docs').flatMap(({ data }) => citableOf(data));
  const { problems, text: standing } = verifyAnswer(text, passages);
  if (problems.length === 0) return { kind: 'accepted', text: standing };
  if (rejections === 0) return { kind: 'rejected', problem: complaint(problems, results.length) };
  return { kind: 'accepted', text: hasClaims(standing) ? standing : nothingHolds(passages) };
}

/** Passages as they were shown; the nearest pages can be named, and support nothing but their title. */
function citableOf(data: unknown): CitablePassage[] {
  const shown = searchDocsOutput.safeParse(data);
  if (!shown.success) return [];
  const { passages, nearest, boundary } = shown.data;
  return [
    ...passages.map(({ n, title, url, text }) => ({ n, title, url, text: withoutBoundary(text, boundary) })),
    ...nearest.map(({ n, title, url }) => ({ n, title, url, text: `The nearest pages are: ${title}` })),
  ];
}

function complaint(problems: readonly AnswerProblem[], results: number): string {
  if (results === 0) return 'nothing was searched: call search_docs, and cite its passages as [n] in every sentence';
  const named = problems
    .slice(0, maxProblemsNamed)
    .map(({ kind, sentence, detail }) => `${kind} (${detail}) in: ${sentence.slice(0, 120)}`);
  return `these statements do not hold against the passages: ${named.join('; ')}. Cite only passages that say it, or leave it out`;
}

function hasClaims(text: string): boolean {
  return /\[\d+\]/.test(text);
}

function nothingHolds(passages: readonly CitablePassage[]): string {
  const pages = [...new Map(passages.map((passage) => [passage.url, passage])).values()].slice(0, 3);
  const named = pages.map(({ title, n }) => `${title} [${n}]`).join(', ');
  const closest = named === '' ? '' : ` The nearest pages are: ${named}.`;
  return `I found no passage in the documentation that answers this.${closest}`;
}
