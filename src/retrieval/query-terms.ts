import { analyze, identifiers, joinedNeighbours } from './analyzer.ts';
import type { WeightedTerm } from './bm25f-index.ts';
import type { SearchRequest } from './knowledge-store.ts';

/** How much a name counts that the question may mean: "local queue" written localQueue, or localQueue written apart. */
const nameWeight = 0.2;

/** The terms a question is searched by, each once, with the highest weight it has. */
export function queryTerms({ text, expansions }: Pick<SearchRequest, 'text' | 'expansions'>): readonly WeightedTerm[] {
  const weights = new Map<string, number>();
  const add = (term: string, weight: number) => weights.set(term, Math.max(weights.get(term) ?? 0, weight));
  for (const term of analyze(text)) add(term, 1);
  for (const term of [...joinedNeighbours(text), ...identifiers(text)]) add(term, nameWeight);
  for (const { text: other, weight } of expansions) {
    const terms = analyze(other);
    // The words of a phrase share its weight, so that a long one does not outweigh the question.
    for (const term of terms) add(term, weight / Math.sqrt(terms.length));
  }
  return [...weights].map(([term, weight]) => ({ term, weight }));
}
