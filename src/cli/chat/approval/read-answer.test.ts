import { describe, expect, it } from 'vitest';
import { readAnswer } from './read-answer.ts';

describe('the answer to an approval', () => {
  const cases = [
    ['y', { kind: 'approve' }],
    [' YES ', { kind: 'approve' }],
    ['a', { kind: 'always' }],
    ['d', { kind: 'details' }],
    ['?', { kind: 'help' }],
    ['', { kind: 'deny', reason: '' }],
    ['n', { kind: 'deny', reason: undefined }],
    ['no', { kind: 'deny', reason: undefined }],
    ['n use C=1.0', { kind: 'deny', reason: 'use C=1.0' }],
    ['no, not today', { kind: 'deny', reason: 'not today' }],
    ['yes please delete all', { kind: 'unclear' }],
    ['yy', { kind: 'unclear' }],
    ['all', { kind: 'unclear' }],
    ['nothing', { kind: 'unclear' }],
    ['train it', { kind: 'unclear' }],
  ] as const;
  it.each(cases)('%j is read as %j', (line, answer) => {
    expect(readAnswer(line)).toEqual(answer);
  });
});
