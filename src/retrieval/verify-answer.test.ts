import { describe, expect, test } from 'vitest';
import type { CitablePassage } from './compose-answer.ts';
import { type AnswerProblemKind, verifyAnswer } from './verify-answer.ts';

const passages: readonly CitablePassage[] = [
  {
    n: 1,
    title: 'Caching › Switch it off',
    url: 'https://docs.example/caching#off',
    text: 'A step is skipped when its inputs are unchanged. Set `enable_caching` to `False`, or pass --no-cache. Results are kept for 30 days.\n\n```python\ntask.set_caching_options(enable_caching=False)\n```',
  },
  {
    n: 2,
    title: 'Retries',
    url: 'https://docs.example/retries',
    text: 'The field retryStrategy.limit says how often a failed step runs again. “Retries count per step, not per run.”',
  },
];

const kindsIn = (text: string) => verifyAnswer(text, passages).problems.map(({ kind }) => kind);

describe('what holds', () => {
  test.each([
    'A step is skipped when its inputs are unchanged [1].',
    'A step is skipped when its inputs are unchanged. [1]',
    'A failed step runs again as often as retryStrategy.limit says [2], and unchanged inputs skip a step [1].',
    'Pass `--no-cache` or set `enable_caching` to `False` [1].',
    'Results are kept for 30 days [1].',
    'The page says "Retries count per step, not per run." [2]',
    'See https://docs.example/retries for how often a failed step runs again [2].',
    'Switch it off like this [1]:\n\n```python\ntask.set_caching_options(enable_caching=False)\n```',
    'Yes.',
    'Which version of the pipeline do you mean?',
    'The documentation has no passage that answers this.',
    'The nearest pages are: Caching › Switch it off [1], Retries [2].',
  ])('%s', (text) => {
    const { problems, text: standing } = verifyAnswer(text, passages);
    expect(problems).toEqual([]);
    expect(standing.replace(/\s+/g, '')).toHaveLength(text.replace(/\s+/g, '').length);
  });
});

describe('what does not hold', () => {
  test.each<[string, AnswerProblemKind]>([
    ['A step is skipped when its inputs are unchanged [9].', 'UnknownCitation'],
    ['Unchanged inputs skip a step, see https://docs.example/other [1].', 'ForeignUrl'],
    ['Unchanged inputs skip a step, see https://docs.example/retries2 [1].', 'ForeignUrl'],
    ['Unchanged inputs skip a step, see [here](https://evil.example/?q=secret) [1].', 'ForeignUrl'],
    ['The page says "Retries count per run, not per step." [2]', 'QuoteNotFound'],
    ['The page says "Retries count per step, not per run." [1]', 'QuoteNotFound'],
    ['Results are kept for 60 days [1].', 'NotInPassage'],
    ['Results are kept for 3 days [1].', 'NotInPassage'],
    ['Pass --no-caching to skip no step [1].', 'NotInPassage'],
    ['Set `disable_caching` to `False` [1].', 'NotInPassage'],
    ['Failed steps run again as often as retryPolicy.max.count says [2].', 'NotInPassage'],
    ['A failed step runs again as often as retryStrategy.limit says [1].', 'NotInPassage'],
    ['The scheduler prefers nodes that carry the label of the accelerator [2].', 'Unsupported'],
    ['A step is skipped when its inputs are unchanged.', 'Uncited'],
    ['```python\ntask.delete_everything()\n```', 'NotInPassage'],
  ])('%s is %s', (text, kind) => {
    expect(kindsIn(text)).toContain(kind);
  });
});

describe('what is left of an answer', () => {
  test('is the sentences that hold, in their lists', () => {
    const answer = [
      'A step is skipped when its inputs are unchanged [1]. Results are kept for 60 days [1].',
      '',
      '- A failed step runs again as often as retryStrategy.limit says [2].',
      '- The moon is made of green cheese and quotas [2].',
    ].join('\n');
    const { text, cited } = verifyAnswer(answer, passages);
    expect(text).toBe(
      'A step is skipped when its inputs are unchanged [1].\n\n- A failed step runs again as often as retryStrategy.limit says [2].',
    );
    expect(cited).toEqual([1, 2]);
  });

  test('loses a number that leads nowhere beside one that holds', () => {
    const { text, problems } = verifyAnswer('A step is skipped when its inputs are unchanged [1][7].', passages);
    expect(text).toBe('A step is skipped when its inputs are unchanged [1].');
    expect(problems.map(({ kind }) => kind)).toEqual(['UnknownCitation']);
  });

  test('carries no picture and no raw HTML', () => {
    const { text } = verifyAnswer(
      'A step is skipped ![x](https://evil.example/p.png) when its <b>inputs</b> are unchanged [1].',
      passages,
    );
    expect(text).toBe('A step is skipped x when its inputs are unchanged [1].');
  });

  test('is nothing without passages', () => {
    expect(verifyAnswer('A step is skipped when its inputs are unchanged [1].', []).text).toBe('');
  });
});
