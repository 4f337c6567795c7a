import { describe, expect, it } from 'vitest';
import { aTurn } from '../testing/builders.ts';
import type { Call, Step, TurnStatus } from '../api/turn.ts';
import { turnEvent } from './turn-event.ts';
import { liveToken, turnEvents } from './turn-events.ts';

const at = '2026-11-25T08:00:00Z';

const aCall = (id: string, more: Partial<Call> = {}): Call => ({
  id,
  tool: 'list_runs',
  arguments: '{}',
  argumentsDigest: 'sha256:0',
  effect: 'pure',
  effectKey: 'a',
  ...more,
});

const aStep = (index: number, more: Partial<Step> = {}): Step => ({
  index,
  frame: '',
  agent: 'supervisor',
  model: 'fake',
  decidedAt: at,
  finish: 'stop',
  text: '',
  usage: { inputTokens: 1, outputTokens: 1 },
  ...more,
});

const done = { state: 'Succeeded', summary: 'Two runs.', result: '{}', finishedAt: at } as const;

const condition = (type: string, reason: string, message = 'So it is.') => ({
  type,
  status: 'True' as const,
  reason,
  message,
  lastTransitionTime: at,
});

const keysOf = (status?: TurnStatus) => turnEvents(aTurn(status ? { status } : {})).map(({ key }) => key);

const finished: TurnStatus = {
  phase: 'Succeeded',
  steps: [aStep(0)],
  reply: 'Done.',
  usage: { inputTokens: 1, outputTokens: 1, modelCalls: 1, toolCalls: 0 },
  conditions: [condition('Finished', 'Finished'), condition('Succeeded', 'Succeeded')],
};

describe('turnEvents', () => {
  it('begins with what was asked, before anything has happened', () => {
    expect(turnEvents(aTurn())).toMatchObject([
      { type: 'turn', key: 'turn:Pending', phase: 'Pending', text: 'Which pipelines can I run?' },
    ]);
  });

  it('ends with the answer, and with how it ended', () => {
    expect(keysOf(finished)).toEqual(['turn:Succeeded', 'usage:1.0', 'message', 'done']);
  });

  it('tells the decision, the question and the outcome of a call', () => {
    const call = aCall('0.0', { effect: 'named' });
    const pendingApprovals = [
      {
        callId: '0.0',
        agent: 'tekton',
        tool: 'list_runs',
        arguments: '{}',
        argumentsDigest: 'sha256:0',
        reason: 'Writes',
        expiresAt: at,
        manifest: '',
      },
    ];
    const asked = { steps: [aStep(0, { calls: [call] })], pendingApprovals };
    expect(keysOf(asked)).toEqual(['turn:Pending', 'call:0.0', 'approval:0.0']);
    expect(keysOf({ steps: [aStep(0, { calls: [{ ...call, outcome: done }] })] })).toEqual([
      'turn:Pending',
      'call:0.0',
      'result:0.0',
    ]);
  });

  it.each(['Waiting', 'AwaitingApproval', 'Started'] as const)('does not tell %s as an outcome', (state) => {
    const calls = [aCall('0.0', { outcome: { state, summary: 'Not yet.' } })];
    expect(keysOf({ steps: [aStep(0, { calls })] })).toEqual(['turn:Pending', 'call:0.0']);
  });

  it('tells the outcome of a delegation after what its agent did', () => {
    const steps = [
      aStep(0, { calls: [aCall('0.0', { tool: 'ask_kfp', effect: 'delegate', outcome: done })] }),
      aStep(1, { frame: '0.0', agent: 'kfp', calls: [aCall('1.0', { outcome: done })] }),
      aStep(2, { frame: '0.0', agent: 'kfp' }),
      aStep(3),
    ];
    expect(keysOf({ steps })).toEqual(['turn:Pending', 'call:0.0', 'call:1.0', 'result:1.0', 'result:0.0']);
  });

  it('says why a turn waits, and what keeps it from going on', () => {
    const waiting = (reason: string, message: string) =>
      turnEvents(aTurn({ status: { phase: 'Waiting', conditions: [condition('Reconciling', reason, message)] } }));
    expect(waiting('WaitingForRun', 'Waits for a run.')).toMatchObject([{ message: 'Waits for a run.' }]);
    expect(waiting('ModelUnavailable', 'It is tried again.')).toMatchObject([
      { message: 'It is tried again.' },
      { key: 'error:ModelUnavailable', message: 'It is tried again.' },
    ]);
  });

  it('tells each state of a run once', () => {
    const run = { backend: 'tekton', name: 'r', namespace: 'n', id: 'i', pipeline: 'p', turn: 't' } as const;
    expect(keysOf({ pipelineRuns: [{ ...run, state: 'Running' }] })).toContain('run:tekton/r:Running');
  });

  it('gives events of the declared shape, with a key each', () => {
    const events = turnEvents(aTurn({ status: finished }));
    for (const event of events) expect(turnEvent.parse(event)).toEqual(event);
    expect(new Set(events.map(({ key }) => key)).size).toBe(events.length);
  });

  it('shows the answer in the making as a token', () => {
    expect(liveToken(aTurn())).toBeUndefined();
    const live = { agent: 'kfp', frame: '0.0', answer: 'a.1', offset: 3, text: 'Hello' };
    const token = liveToken(aTurn({ status: { live } }));
    expect(token).toMatchObject({ type: 'token', key: 'token:a.1:3', ...live });
    expect(turnEvent.parse(token)).toEqual(token);
  });
});
