import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type KnowledgeBase } from '../../../src/api/knowledge-base.ts';
import { type FakeReply } from '../../../src/testing/fake-openai-reply.ts';
import { type ChatRequest } from '../../../src/testing/fake-openai-server.ts';
import { createKfpWorld, type KfpWorld } from '../../integration/kfp/kfp-world.ts';
import { projectRoot } from '../../support/test-cluster.ts';
import { ChatWorld, questionOf, resultsOf } from './chat-world.ts';

const calling = (tool: string, of: object): FakeReply => ({ calls: [{ tool, arguments: of }] });

/** Whose turn it is follows from the tools on offer, what comes next from the number of results. */
function script(request: ChatRequest): FakeReply {
  const offers = (tool: string) => (request.tools ?? []).some((offered) => offered.function.name === tool);
  const results = resultsOf(request);
  const last = results.at(-1) ?? '';
  if (offers('wait_for_run')) return supervisor(questionOf(request), results);
  if (results.length > 0) return { text: offers('search_docs') ? 'At least 0.85 is needed [1].' : last.slice(0, 200) };
  if (offers('compare_runs')) return calling('compare_runs', { runs: ['forecast-a', 'forecast-b'] });
  if (offers('search_docs')) return calling('search_docs', { query: 'When is a model released?' });
  return calling('run_pipeline', { pipeline: 'churn-train', params: { epochs: '4000' } });
}

function supervisor(question: string, results: readonly string[]): FakeReply {
  if (results.length === 0) return calling('ask_tekton', { task: question });
  const [, run] = /run (swarm-[a-z2-7]+)/.exec(results[0] ?? '') ?? [];
  if (results.length === 1) return calling('wait_for_run', { run });
  return { text: `It is done: ${results[1]?.slice(0, 200) ?? ''}` };
}

const handbook =
  '# Releases\n\n## When is a model released?\n\nA model is released when its accuracy is at least 0.85.\n';

describe('runs and evidence in a chat (U26)', () => {
  let kubeflow: KfpWorld;
  let world: ChatWorld;

  beforeAll(async () => {
    kubeflow = await createKfpWorld({
      scripts: { 'train-and-evaluate': { evaluate: { metrics: { metrics: { accuracy: 0.91, loss: 0.2 } } } } },
    });
    const { url, mlmdAddress } = kubeflow.simulator;
    world = await ChatWorld.begin('chat-runs', script, {
      kfp: { url, auth: 'None', namespace: kubeflow.namespace, metadataURL: `http://${mlmdAddress}` },
    });
  });
  afterAll(async () => {
    await world.end();
    await kubeflow.close();
  });

  const begin = async (name: string, agent: string, columns = 80) => {
    await world.converse(name, agent);
    const chat = world.chat({ args: [name], columns, rows: 30 });
    await chat.see(/›\s*$/);
    return chat;
  };

  it.each([80, 40])(
    'show the steps of a run while they go on, and its metric as a line, at %i columns',
    async (columns) => {
      const chat = await begin(`tree-${columns}`, 'supervisor', columns);
      chat.enter('train with 4000 epochs and wait');
      await chat.see('Allow it?');
      chat.enter('y');
      await chat.see('It is done', 180_000);
      await chat.see('model calls');

      const trees = chat.pictures.filter((picture) => /[├└]─/.test(picture));
      expect(trees.some((picture) => /● (?:prepare|train|evaluate)/.test(picture) && picture.includes('○ '))).toBe(
        true,
      );
      for (const step of ['prepare', 'train', 'evaluate']) expect(chat.text).toMatch(new RegExp(`✓ ${step}`));
      expect(chat.text).toMatch(/loss [▁▂▃▄▅▆▇█]+ 0\.\d+/);

      chat.enter('/plot loss');
      await chat.see(/\n.*loss[^]*[┤│╮╰─]/);
      chat.enter('/logs');
      await chat.see(/rows the model has not seen/);
    },
  );

  it('compare two runs as a table', async () => {
    const form = new FormData();
    const file = await readFile(`${projectRoot}/test/kfp/recorded/pipelines/train_and_evaluate.yaml`);
    form.append('uploadfile', new Blob([file]), 'forecast.yaml');
    const { pipeline_id } = await api<{ pipeline_id: string }>('/pipelines/upload?name=forecast', form);
    for (const [name, epochs] of [
      ['forecast-a', 2],
      ['forecast-b', 7],
    ] as const) {
      const version = { pipeline_version_reference: { pipeline_id } };
      await api(
        '/runs',
        JSON.stringify({ display_name: name, ...version, runtime_config: { parameters: { epochs } } }),
      );
    }
    const chat = await begin('compared', 'kfp');
    chat.enter('/compare forecast-a forecast-b');
    await chat.see(/epochs\s+.*2\s+.*7/, 60_000);

    expect(chat.text).toMatch(/forecast-a\s+.*forecast-b/);
  });

  it('list sources that exist in the index', async () => {
    const { kubectl } = world.story;
    await kubectl.apply({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'handbook' },
      data: { 'releases.md': handbook },
    });
    await kubectl.apply(
      world.story.object('KnowledgeBase', 'handbook', { sources: [{ name: 'team', configMap: { name: 'handbook' } }] }),
    );
    await world.story.until('the handbook is read', async () => {
      return (await kubectl.get<KnowledgeBase>('knowledgebase', 'handbook')).status?.phase === 'Ready';
    });
    const chat = await begin('sources', 'docs');
    chat.enter('When is a model released?');
    await chat.see('At least 0.85');
    await chat.see('model call');
    chat.enter('/sources');
    await chat.until('the sources are listed again', (text) => (text.match(/Sources/g) ?? []).length >= 2);

    expect(chat.text).toMatch(/\[1\] .*When is a model released\?/);
    expect(chat.text).toContain('releases.md');
  });

  const api = async <T>(path: string, body: string | FormData): Promise<T> => {
    const answer = await fetch(`${kubeflow.simulator.url}/apis/v2beta1${path}`, { method: 'POST', body });
    const text = await answer.text();
    expect(answer.status, text).toBe(200);
    return JSON.parse(text) as T;
  };
});
