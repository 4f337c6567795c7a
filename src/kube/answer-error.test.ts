import { expect, test } from 'vitest';
import { type Answer, answerError } from './answer-error.ts';

const now = new Date('2026-01-01T00:00:00Z');
const status = (fields: object) => JSON.stringify({ kind: 'Status', ...fields });

const cases: Record<string, { answer: Partial<Answer>; want: object }> = {
  'a Status object gives reason and message': {
    answer: { status: 409, text: status({ reason: 'Conflict', message: 'the object has been modified' }) },
    want: { status: 409, reason: 'Conflict', message: 'the object has been modified', retryAfterMs: undefined },
  },
  'Retry-After counts in seconds': {
    answer: { status: 429, headers: { 'retry-after': '3' } },
    want: { status: 429, reason: 'TooManyRequests', retryAfterMs: 3000 },
  },
  'Retry-After may be a date': {
    answer: { status: 503, headers: { 'retry-after': 'Thu, 01 Jan 2026 00:00:10 GMT' } },
    want: { retryAfterMs: 10_000 },
  },
  'a Retry-After that makes no sense is none': {
    answer: { status: 503, headers: { 'retry-after': 'soon' } },
    want: { retryAfterMs: undefined },
  },
  'the details of a Status may say when to come back': {
    answer: { status: 500, text: status({ reason: 'ServerTimeout', details: { retryAfterSeconds: 2 } }) },
    want: { reason: 'ServerTimeout', retryAfterMs: 2000 },
  },
  'a page of somebody in between becomes the message': {
    answer: { status: 502, text: '<html>bad gateway</html>' },
    want: { reason: 'BadGateway', message: '502 Bad Gateway: <html>bad gateway</html>' },
  },
};

test.each(Object.entries(cases))('%s', (_name, { answer, want }) => {
  expect(answerError({ status: 500, headers: {}, text: '', ...answer }, now)).toMatchObject(want);
});
