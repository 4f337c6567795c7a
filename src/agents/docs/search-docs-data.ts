import { z } from 'zod';

const page = z.object({ n: z.int(), title: z.string(), url: z.string() });

export const searchDocsOutput = z.object({
  /** Stands before and after the text of every passage: what is between them is data. */
  boundary: z.string(),
  passages: z.array(page.extend({ text: z.string(), knowledgeBase: z.string(), score: z.number() })),
  /** False: no passage answers the question; `nearest` are the pages that come closest. */
  confident: z.boolean(),
  nearest: z.array(page),
  /** What a person should know about the search itself. */
  notices: z.array(z.string()),
});
export type SearchDocsData = z.output<typeof searchDocsOutput>;
