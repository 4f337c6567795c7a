import { describe, expect, it } from 'vitest';
import { type TurnEventOf } from '../../streaming/turn-event.ts';
import { plainLook } from '../display/look.ts';
import { AnswerStream } from './answer-stream.ts';

// eslint-disable-next-line max-params -- what a token is, in the order of its telling
const token = (answer: string, offset: number, text: string, frame = ''): TurnEventOf<'token'> => ({
  ...{ type: 'token', v: 1, key: `token:${answer}:${offset}`, turn: 'churn-1', agent: 'tekton' },
  ...{ frame, answer, offset, text },
});
const stream = () => new AnswerStream(() => ({ look: plainLook, columns: 80 }));

describe('an answer in the making', () => {
  it('is given out once, whatever pieces overlap', () => {
    const answers = stream();
    const given = [
      answers.add(token('a', 0, 'One paragraph.\n\nTwo ')),
      answers.add(token('a', 16, 'Two para')),
      answers.add(token('a', 20, 'paragraphs.')),
      answers.settle('One paragraph.\n\nTwo paragraphs.'),
    ].join('');

    expect(given.match(/One paragraph\./g)).toHaveLength(1);
    expect(given.match(/Two paragraphs\./g)).toHaveLength(1);
  });

  it('is shown before it is final', () => {
    const answers = stream();
    answers.add(token('a', 0, 'Half a sen'));

    expect(answers.open()).toContain('Half a sen');
  });

  it('is given out whole when its beginning never came', () => {
    const answers = stream();
    answers.add(token('a', 40, 'the end.'));

    expect(answers.settle('The beginning, the middle and the end.')).toContain(
      'The beginning, the middle and the end.',
    );
  });

  it('is completed by what no token has brought', () => {
    const answers = stream();
    const given = answers.add(token('a', 0, 'The first half')) + answers.settle('The first half and the other one.');

    expect(given).toBe('The first half and the other one.\n');
  });

  it('of an agent behind the first one is seen only while it is said', () => {
    const answers = stream();
    expect(answers.add(token('a', 0, 'Three runs failed.\n\n', '0.0'))).toBe('');
    expect(answers.open()).toContain('Three runs failed.');

    expect(answers.settle('Three runs failed.')).toContain('Three runs failed.');
    expect(answers.open()).toBe('');
  });

  it('that broke off stands, says so, and is followed by the new one', () => {
    const answers = stream();
    answers.add(token('a', 0, 'This will'));
    const given = answers.add(token('b', 0, 'That did')) + answers.settle('That did');

    expect(given).toMatch(/This will[^]*broke off[^]*That did/);
  });
});
