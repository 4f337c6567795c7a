import { describe, expect, test } from 'vitest';
import type { Agent, AnswerReview, AnswerUnderReview } from '../../agents/agent.ts';
import { kinds } from '../../api/group.ts';
import { aConversation, aTurn } from '../../testing/builders.ts';
import { ScriptedModel, type ScriptedReply } from '../../testing/scripted-model.ts';
import { anAgent, aTool, TurnWorld } from '../../testing/turn-world.ts';

const turn = aTurn({ metadata: { creationTimestamp: '2026-11-25T08:00:01Z' } });
const search = { calls: [{ tool: 'search', arguments: {} }] };

/** An agent that finds two sources a time, and stands by answers that name one. */
function librarian(seen: AnswerUnderReview[]): Agent {
  const find = aTool('search', 'pure', {
    execute: (_input, { citationsFrom: n }) => ({
      kind: 'ok',
      summary: 'Two passages.',
      data: { passages: [n, n + 1] },
      citations: [n, n + 1].map((number) => ({ n: number, title: `Page ${number}`, url: `https://docs/${number}` })),
    }),
  });
  const reviewAnswer = (answer: AnswerUnderReview): AnswerReview => {
    seen.push(answer);
    if (answer.text.includes('[')) return { kind: 'accepted', text: answer.text.trim() };
    if (answer.rejections > 0) return { kind: 'accepted', text: 'Nothing that can be shown.' };
    return { kind: 'rejected', problem: 'no sentence names its source' };
  };
  return { ...anAgent('supervisor', [find]), reviewAnswer };
}

async function answered(replies: readonly ScriptedReply[]) {
  const seen: AnswerUnderReview[] = [];
  const model = new ScriptedModel(replies);
  const here = new TurnWorld({ agents: [librarian(seen)], model });
  here.kube.seed(kinds.conversation, aConversation());
  here.kube.seed(kinds.turn, turn);
  await here.settle(turn);
  return { status: here.read(turn).status, seen };
}

describe('an agent that reviews its answers', () => {
  test('is shown what its tools brought, and its text becomes the reply', async () => {
    const { status, seen } = await answered([search, { text: ' It is so [1]. ' }]);
    expect(status).toMatchObject({ phase: 'Succeeded', reply: 'It is so [1].' });
    expect(seen).toMatchObject([{ results: [{ tool: 'search', data: { passages: [1, 2] } }], rejections: 0 }]);
  });

  test('sends an answer back to the model, with what is wrong', async () => {
    const { status, seen } = await answered([search, { text: 'It is so.' }, { text: 'It is so [2].' }]);
    expect(status?.reply).toBe('It is so [2].');
    expect(status?.steps?.[1]?.rejected).toContain('no sentence names its source');
    expect(seen.map(({ rejections }) => rejections)).toEqual([0, 1]);
  });

  test('may take what is left of a second bad answer', async () => {
    const { status } = await answered([search, { text: 'It is so.' }, { text: 'It is so, really.' }]);
    expect(status).toMatchObject({ phase: 'Succeeded', reply: 'Nothing that can be shown.' });
  });

  test('gives every search of the turn its own numbers, also of those that run side by side', async () => {
    const twice = {
      calls: [
        { tool: 'search', arguments: {} },
        { tool: 'search', arguments: { value: 'b' } },
      ],
    };
    const { seen } = await answered([search, twice, { text: 'So [1].' }]);
    const numbers = seen[0]?.results.flatMap(({ data }) => (data as { passages: number[] }).passages) ?? [];
    expect(new Set(numbers).size).toBe(6);
  });

  test('numbers from 1 in a delegated frame as well', async () => {
    const seen: AnswerUnderReview[] = [];
    const asks = { calls: [{ tool: 'ask_docs', arguments: { task: 'Look it up.', answerDirectly: true } }] };
    const model = new ScriptedModel([asks, search, { text: 'So it is [1].' }]);
    const agents = [anAgent('supervisor', [], ['docs']), { ...librarian(seen), name: 'docs' }];
    const here = new TurnWorld({ agents, model });
    here.kube.seed(kinds.conversation, aConversation());
    here.kube.seed(kinds.turn, turn);
    await here.settle(turn);
    expect(seen[0]?.results).toMatchObject([{ data: { passages: [1, 2] } }]);
    expect(here.read(turn).status?.reply).toBe('So it is [1].');
  });

  test('leaves only the sources that the reply names', async () => {
    const { status } = await answered([search, search, { text: 'One thing [2], another [3].' }]);
    expect(status?.citations?.map(({ n }) => n)).toEqual([2, 3]);
  });
});
