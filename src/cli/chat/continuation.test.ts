import { describe, expect, it } from 'vitest';
import { continued, emptyDraft } from './continuation.ts';

function typed(...lines: readonly string[]) {
  const messages: string[] = [];
  let draft = emptyDraft;
  for (const line of lines) {
    const next = continued(draft, line, false);
    draft = next.state === 'open' ? next.draft : emptyDraft;
    if (next.state === 'complete') messages.push(next.text);
  }
  return { messages, open: draft.lines };
}

describe('a message of several lines', () => {
  const cases = {
    'is one line where nothing keeps it open': [['hello'], ['hello']],
    'goes on after a backslash at the end of a line': [['one\\', 'two\\', 'three'], ['one\ntwo\nthree']],
    'ends at a doubled backslash': [
      ['a path: C:\\\\', 'b'],
      ['a path: C:\\\\', 'b'],
    ],
    'goes on within a fence': [['why?\n```', 'a', 'b\\', '```'], ['why?\n```\na\nb\\\n```']],
    'is not opened by a whole fence on one line': [
      ['```ls```', 'b'],
      ['```ls```', 'b'],
    ],
  } as const;
  it.each(Object.entries(cases))('%s', (_name, [lines, messages]) => {
    expect(typed(...lines).messages).toEqual(messages);
  });

  it('stays open while text is pasted, however its lines end', () => {
    const first = continued(emptyDraft, 'Traceback', true);
    if (first.state !== 'open') throw new Error('it should be open');
    expect(continued(first.draft, '  File "train.py"', false)).toEqual({
      state: 'complete',
      text: 'Traceback\n  File "train.py"',
    });
  });
});
