import { describe, expect, it } from 'vitest';
import { type TurnEvent } from '../../streaming/turn-event.ts';
import { TurnOutcome } from './turn-outcome.ts';

const common = { v: 1, turn: 'churn-1' } as const;

const done = (phase: 'Succeeded' | 'Failed' | 'Cancelled', reason: string): TurnEvent => {
  return { ...common, type: 'done', key: 'done', phase, reason, message: '' };
};
const result = (state: 'Succeeded' | 'Failed' | 'Denied' | 'Expired'): TurnEvent => {
  return { ...common, type: 'tool_result', key: 'result:1.0', call: '1.0', tool: 'run_pipeline', state, summary: '' };
};
const question: TurnEvent = {
  ...common,
  type: 'approval_required',
  key: 'approval:1.0',
  agent: 'tekton',
  callId: '1.0',
  tool: 'run_pipeline',
  arguments: '{}',
  argumentsDigest: 'sha256:0',
  reason: 'Writes',
  expiresAt: '2026-01-01T00:30:00Z',
  manifest: '',
};

const outcomeOf = (...events: readonly TurnEvent[]) => {
  const outcome = new TurnOutcome();
  for (const event of events) outcome.add(event);
  return outcome;
};

describe('the exit code of a turn', () => {
  it.each([
    { about: 'an answer', events: [done('Succeeded', 'Succeeded')], code: 0 },
    {
      about: 'an answer after a tool that failed',
      events: [result('Failed'), done('Succeeded', 'Succeeded')],
      code: 0,
    },
    { about: 'a failure', events: [done('Failed', 'ModelUnauthorized')], code: 1 },
    { about: 'a turn that somebody cancelled', events: [done('Cancelled', 'Cancelled')], code: 1 },
    { about: 'a call that waits', events: [question], code: 3 },
    { about: 'a denied call', events: [question, result('Denied'), done('Succeeded', 'Succeeded')], code: 3 },
    {
      about: 'a question that lapsed',
      events: [question, result('Expired'), done('Failed', 'ApprovalExpired')],
      code: 3,
    },
    { about: 'a right that the run-as account lacks', events: [done('Failed', 'Forbidden')], code: 5 },
    { about: 'a turn that took too long', events: [done('Failed', 'DeadlineExceeded')], code: 6 },
    { about: 'too many steps', events: [done('Failed', 'StepLimitReached')], code: 7 },
    { about: 'too many tokens', events: [done('Failed', 'TokenLimitReached')], code: 7 },
    { about: 'a connection that broke off', events: [], code: 1 },
  ])('is $code for $about', ({ events, code }) => {
    expect(outcomeOf(...events).exitCode).toBe(code);
  });

  it('knows which calls still wait, in whatever order the events come', () => {
    expect(outcomeOf(question).pending).toEqual([question]);
    expect(outcomeOf(question, result('Succeeded')).pending).toEqual([]);
    expect(outcomeOf(result('Succeeded'), question).pending).toEqual([]);
  });
});
