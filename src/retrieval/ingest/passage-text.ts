import type { Chunk } from '../chunk.ts';

/** What a passage's vector is made of: a passage alone often does not say what it is about. */
export function passageText({ title, headings, text }: Chunk): string {
  return `${[title, ...headings].join(' > ')}\n\n${text}`;
}
