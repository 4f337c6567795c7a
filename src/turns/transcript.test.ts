import { describe, expect, test } from 'vitest';
import type { Frame } from './frames.ts';
import type { Step } from './journal.ts';
import { describeResult } from './results.ts';
import { transcriptOf } from './transcript.ts';
import type { TurnFacts } from './turn-facts.ts';

const facts = {
  text: 'What now?',
  parameters: {},
  history: [
    { text: 'first', reply: 'a'.repeat(600) },
    { text: 'second', reply: 'b'.repeat(600) },
  ],
} as unknown as TurnFacts;

function step(index: number, data: string, extra: Partial<Step> = {}): Step {
  const outcome = { state: 'Succeeded' as const, ...describeResult({ summary: `result ${index}`, data }) };
  const call = {
    id: `${index}.0`,
    tool: 'read',
    arguments: '{}',
    argumentsDigest: '',
    effect: 'pure' as const,
    effectKey: '',
    outcome,
  };
  const decided = { index, frame: '', agent: 'a', model: 'm', decidedAt: '', finish: 'tool-calls', text: '' };
  return { ...decided, usage: { inputTokens: 0, outputTokens: 0 }, calls: [call], ...extra };
}

const frame = (steps: readonly Step[], depth = 0): Frame => ({ id: '', agent: 'a', depth, steps, state: 'ready' });
const contents = (messages: ReturnType<typeof transcriptOf>) =>
  messages.flatMap((message) => (message.role === 'tool' ? [message.content.length] : []));

describe('the transcript', () => {
  test('answers every call with one tool message', () => {
    const roles = transcriptOf(frame([step(0, 'x'), step(1, 'y')]), facts, 10_000).map(({ role }) => role);
    expect(roles).toEqual(['user', 'assistant', 'user', 'assistant', 'user', 'assistant', 'tool', 'assistant', 'tool']);
  });

  test('shortens the oldest results first', () => {
    const steps = [step(0, 'x'.repeat(1_900)), step(1, 'y'.repeat(1_900)), step(2, 'z'.repeat(1_900))];
    const shortened = (budget: number) =>
      contents(transcriptOf(frame(steps), { ...facts, history: [] }, budget)).map((length) => length < 300);
    expect(shortened(10_000)).toEqual([false, false, false]);
    expect(shortened(1_600)).toEqual([true, false, false]);
    expect(shortened(900)).toEqual([true, true, false]);
  });

  test('leaves out the oldest exchanges that do not fit, and never what is asked now', () => {
    const texts = transcriptOf(frame([]), facts, 270).map((message) => 'text' in message && message.text.slice(0, 9));
    expect(texts).toEqual(['second', 'bbbbbbbbb', 'What now?']);
    expect(transcriptOf(frame([]), facts, 1)).toMatchObject([{ text: 'What now?' }]);
  });

  test('of a delegated agent begins with its task and the given values', () => {
    const given = { ...facts, parameters: { epochs: '20' } };
    const [first, ...rest] = transcriptOf({ ...frame([], 1), task: 'Run it.' }, given, 10_000);
    expect(first).toMatchObject({ text: expect.stringContaining('epochs = 20') as string });
    expect(first).toMatchObject({ text: expect.stringContaining('Run it.') as string });
    expect(rest).toEqual([]);
  });

  test('tells a model why its answer was not usable', () => {
    const rejected = step(0, '', { rejected: 'it was empty', calls: undefined });
    expect(transcriptOf(frame([rejected]), facts, 10_000).at(-1)).toMatchObject({
      role: 'user',
      text: expect.stringContaining('it was empty') as string,
    });
  });
});
