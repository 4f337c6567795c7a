import type { CitablePassage } from '../../retrieval/compose-answer.ts';
import { excerptOf } from '../../retrieval/excerpt.ts';
import type { Passage, RankedPage, SearchResult } from '../../retrieval/knowledge-source.ts';
import type { ToolContext } from '../tool.ts';
import type { SearchDocsData } from './search-docs-data.ts';

/** Fits what a journal keeps of one result, so that a model sees, and a review checks, every byte that is cited. */
const maxResultCharacters = 7_600;
const maxPassages = 5;
const maxNearest = 3;
const excerptCharacters = 1_200;
const maxNotices = 3;

export interface Showing {
  readonly context: Pick<ToolContext, 'citationsFrom' | 'effectKey'>;
  readonly answerFrom: (query: string, passages: readonly CitablePassage[]) => string;
}

export interface Shown {
  readonly summary: string;
  readonly data: SearchDocsData;
}

/** The result as model and person see it: as many passages as fit, or the nearest pages when none answers. */
export function showPassages(query: string, result: SearchResult, showing: Showing): Shown {
  if (!result.confident) return showNearest(result, showing);
  for (let count = Math.min(maxPassages, result.passages.length); count > 1; count -= 1) {
    const shown = showFirst(count, query, { result, showing });
    if (JSON.stringify(shown).length <= maxResultCharacters) return shown;
  }
  return showFirst(1, query, { result, showing });
}

function showFirst(
  count: number,
  query: string,
  { result, showing }: { result: SearchResult; showing: Showing },
): Shown {
  const boundary = boundaryOf(showing);
  const passages = result.passages.slice(0, count).map((passage, index) => {
    const text = excerptOf(passage.chunk.text, { query, limit: excerptCharacters });
    return { passage, citable: { n: showing.context.citationsFrom + index, text, ...placeOf(passage) } };
  });
  const summary = withNotices(showing.answerFrom(query, passages.map(({ citable }) => citable)), result); // prettier-ignore
  return {
    summary,
    data: {
      boundary,
      passages: passages.map(({ passage, citable: { n, title, url, text } }) => ({
        n,
        title,
        url,
        text: `${boundary}\n${text.replaceAll(boundary, '')}\n${boundary}`,
        knowledgeBase: passage.chunk.knowledgeBase,
        score: rounded(passage.score),
      })),
      confident: true,
      nearest: [],
      notices: result.notices.slice(0, maxNotices),
    },
  };
}

function showNearest(result: SearchResult, showing: Showing): Shown {
  const nearest = result.pages.slice(0, maxNearest).map(({ title, url }: RankedPage, index) => {
    return { n: showing.context.citationsFrom + index, title, url };
  });
  const named = nearest.map(({ n, title }) => `${title} [${n}]`).join(', ');
  const closest = named === '' ? '' : ` The nearest pages are: ${named}.`;
  const summary = withNotices(`The documentation has no passage that answers this.${closest}`, result);
  const notices = result.notices.slice(0, maxNotices);
  return { summary, data: { boundary: boundaryOf(showing), passages: [], confident: false, nearest, notices } };
}

/** A mark that nobody who wrote a document could know beforehand. */
function boundaryOf({ context }: Showing): string {
  return `⟦${context.effectKey.slice(0, 10)}⟧`;
}

/** The passage of a shown text, without its boundaries. */
export function withoutBoundary(text: string, boundary: string): string {
  return text.replaceAll(boundary, '').trim();
}

function placeOf({ chunk }: Passage): { readonly title: string; readonly url: string } {
  const path = [chunk.title, ...chunk.headings].filter((part, index, all) => part !== '' && part !== all[index - 1]);
  return { title: path.join(' › ').slice(0, 200), url: chunk.url };
}

function withNotices(summary: string, { notices }: SearchResult): string {
  return notices.length === 0 ? summary : `${summary}\n\n(${notices.slice(0, maxNotices).join('; ').slice(0, 400)})`;
}

function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
