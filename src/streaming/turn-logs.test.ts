import { describe, expect, it } from 'vitest';
import { aTurn } from '../testing/builders.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import type { Turn } from '../api/turn.ts';
import { type TurnLogsLimits, TurnLogs } from './turn-logs.ts';

const turn = aTurn();
const supervisor = { agent: 'supervisor', frame: '' };

function create(limits: Partial<TurnLogsLimits> = {}) {
  const clock = new FakeClock();
  let made = 0;
  return { clock, logs: new TurnLogs({ clock, limits, newId: () => `log${++made}` }) };
}

function finished(of: Turn): Turn {
  const at = { status: 'True', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' } as const;
  const conditions = [
    { type: 'Finished', reason: 'Finished', ...at },
    { type: 'Succeeded', reason: 'Succeeded', ...at },
  ];
  return { ...of, status: { phase: 'Succeeded', reply: 'Done.', conditions } };
}

describe('TurnLogs', () => {
  it('gathers what the status and the models tell, and ends with the turn', () => {
    const { logs } = create();
    logs.recorded(turn);
    const say = logs.answering(turn, supervisor);
    say('Hel');
    say('lo');
    const log = logs.logOf(turn);
    expect(log?.after(1)?.event).toMatchObject({ answer: 'log1.1', offset: 0, text: 'Hel', agent: 'supervisor' });
    expect(log?.after(2)?.event).toMatchObject({ answer: 'log1.1', offset: 3, text: 'lo' });
    logs.recorded(finished(turn));
    expect(log?.isOver).toBe(true);
    expect(log?.after(log.last - 1)?.event.type).toBe('done');
  });

  it('gives an answer that takes the place of another a name of its own', () => {
    const { logs } = create();
    logs.answering(turn, supervisor)('Broken o');
    logs.answering(turn, supervisor)('Whole.');
    expect(logs.unread(turn)).toEqual({ ...supervisor, answer: 'log1.2', offset: 0, text: 'Whole.' });
  });

  it('shows the end of a long answer, and never half a character', () => {
    const { logs } = create();
    const say = logs.answering(turn, supervisor);
    say(`🙂${'x'.repeat(8_191)}`);
    expect(logs.unread(turn)).toMatchObject({ offset: 2, text: 'x'.repeat(8_191) });
    say('🙂'.slice(0, 1));
    expect(logs.unread(turn)?.text.at(-1)).toBe('x');
  });

  it('shows no answer that somebody reads, or that is in the journal', () => {
    const { logs } = create();
    logs.recorded(turn);
    logs.answering(turn, supervisor)('Hello');
    const stop = logs.logOf(turn)?.subscribe(() => undefined);
    expect(logs.unread(turn)).toBeUndefined();
    stop?.();
    expect(logs.unread(turn)?.text).toBe('Hello');
    const usage = { inputTokens: 0, outputTokens: 0 };
    const step = { index: 0, frame: '', agent: 'a', model: 'm', decidedAt: '', finish: 'stop', text: 'Hello', usage };
    logs.recorded({ ...turn, status: { steps: [step] } });
    expect(logs.unread(turn)).toBeUndefined();
  });

  it('forgets an ended turn after a while, and tells nothing of it from then on', async () => {
    const { logs, clock } = create();
    logs.recorded(turn);
    logs.recorded(finished(turn));
    await clock.advance(59_000);
    expect(logs.logOf(finished(turn))).toBeDefined();
    await clock.advance(1_000);
    expect(logs.logOf(finished(turn))).toBeUndefined();
    expect({ size: logs.size, timers: clock.pending }).toEqual({ size: 0, timers: 0 });
  });

  it.each([
    { endedLogs: 3, endedBytes: 1_000_000 },
    { endedLogs: 100, endedBytes: 2_500 },
  ])('keeps no more of ended turns than $endedLogs logs and $endedBytes bytes', (limits) => {
    const { logs } = create(limits);
    const turns = Array.from({ length: 8 }, (_, index) => aTurn({ metadata: { name: `t${index}` } }));
    for (const one of turns) {
      logs.recorded(one);
      logs.recorded(finished(one));
    }
    expect(logs.size).toBeLessThanOrEqual(3);
    expect(logs.logOf(finished(turns.at(-1) ?? turn))).toBeDefined();
  });

  it('ends the log of a Turn that is deleted, or made anew under its name', () => {
    const { logs } = create();
    const first = logs.logOf(turn);
    logs.gone(turn.metadata);
    expect(first?.isOver).toBe(true);
    expect(first?.after(first.last - 1)?.event).toMatchObject({ type: 'error', reason: 'NotFound' });
    const second = logs.logOf(turn);
    const third = logs.logOf(aTurn({ metadata: { uid: 'another' } }));
    expect([second?.isOver, third?.isOver]).toEqual([true, false]);
  });
});
