import { describe, expect, it } from 'vitest';
import { CliError } from './cli-error.ts';
import { composeQuestion } from './compose-question.ts';

describe('a question from words and data', () => {
  it.each([
    { prompt: ' why? ', data: undefined, text: 'why?' },
    { prompt: '', data: 'list pipelines\n', text: 'list pipelines' },
    { prompt: 'why?', data: 'line 1\nline 2\n', text: 'why?\n\n```\nline 1\nline 2\n```' },
    { prompt: 'why?', data: '  \n', text: 'why?' },
    { prompt: 'why?', data: 'a ```` fence', text: 'why?\n\n`````\na ```` fence\n`````' },
  ])('is $text', ({ prompt, data, text }) => {
    expect(composeQuestion({ prompt, data })).toBe(text);
  });

  it.each([
    { about: 'nothing', parts: { prompt: ' ', data: '\n' }, says: /there is no question/ },
    { about: 'more than a Turn takes', parts: { prompt: 'why?', data: 'x'.repeat(40_000) }, says: /40014 characters/ },
  ])('is refused as wrong usage when there is $about', ({ parts, says }) => {
    expect(() => composeQuestion(parts)).toThrow(says);
    expect(() => composeQuestion(parts)).toThrow(CliError);
  });
});
