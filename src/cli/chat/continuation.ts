/** Lines typed so far that do not make a message yet. */
export interface Draft {
  readonly lines: readonly string[];
  readonly isInFence: boolean;
}

export const emptyDraft: Draft = { lines: [], isInFence: false };

export type Continued =
  | { readonly state: 'complete'; readonly text: string }
  /** The message goes on with the next line. */
  | { readonly state: 'open'; readonly draft: Draft };

/**
 * Adds a line. A message goes on after a backslash at the end of a line, within a block fenced by three backticks, and
 * while text is being pasted.
 */
export function continued(draft: Draft, line: string, isPasting: boolean): Continued {
  const isInFence = draft.isInFence !== isFence(line);
  const joinsNext = !isInFence && line.endsWith('\\') && !line.endsWith('\\\\');
  const lines = [...draft.lines, joinsNext ? line.slice(0, -1) : line];
  if (isPasting || isInFence || joinsNext) return { state: 'open', draft: { lines, isInFence } };
  return { state: 'complete', text: lines.join('\n') };
}

/** Opening and closing alike; a line with a whole fence on it changes nothing. */
function isFence(line: string): boolean {
  return (line.match(/```/g)?.length ?? 0) % 2 === 1;
}
