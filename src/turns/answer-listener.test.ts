import { describe, expect, test } from 'vitest';
import { silentLog } from '../testing/tool-context.ts';
import { type AnswerListener, type AnswerSource, listenTo } from './answer-listener.ts';

const source = { agent: 'kfp', frame: '0.0' };

function hearing() {
  const heard: { source: AnswerSource; texts: string[] }[] = [];
  const listener: AnswerListener = {
    begin: (from) => {
      const answer = { source: from, texts: [] as string[] };
      heard.push(answer);
      return (text) => answer.texts.push(text);
    },
  };
  return { heard, listener };
}

describe('listenTo', () => {
  test('tells the pieces of an answer, and who gives it', () => {
    const { heard, listener } = hearing();
    const { onDelta } = listenTo(listener, source, silentLog);
    onDelta?.('Hel');
    onDelta?.('lo');
    expect(heard).toEqual([{ source, texts: ['Hel', 'lo'] }]);
  });

  test('begins no answer that has no words', () => {
    const { heard, listener } = hearing();
    listenTo(listener, source, silentLog).end();
    expect(heard).toEqual([]);
  });

  test('tells nothing that comes after the end', () => {
    const { heard, listener } = hearing();
    const { onDelta, end } = listenTo(listener, source, silentLog);
    onDelta?.('Hel');
    end();
    onDelta?.('lo');
    expect(heard[0]?.texts).toEqual(['Hel']);
  });

  test('is silent for the rest of the answer when the listener fails', () => {
    let asked = 0;
    const listener: AnswerListener = {
      begin: () => {
        asked++;
        throw new Error('full');
      },
    };
    const { onDelta } = listenTo(listener, source, silentLog);
    onDelta?.('Hel');
    onDelta?.('lo');
    expect(asked).toBe(1);
  });

  test('asks the model for no pieces when nobody listens', () => {
    expect(listenTo(undefined, source, silentLog)).not.toHaveProperty('onDelta');
  });
});
