/** A model that answers every request after LATENCY-MS: node model-server.ts LATENCY-MS */
import { startFakeOpenAiServer, type ChatRequest } from '../../src/testing/fake-openai-server.ts';
import { type FakeReply } from '../../src/testing/fake-openai-reply.ts';

const [latencyMs = '0'] = process.argv.slice(2);

/** Who asks for a run gets one, everybody else a sentence. */
function reply({ messages }: ChatRequest): FakeReply {
  const newest = messages.at(-1);
  if (newest?.role !== 'user' || newest.content?.includes('run the pipeline') !== true) {
    return { text: 'There are five pipelines, and the newest run succeeded.' };
  }
  return { calls: [{ tool: 'run_pipeline', arguments: { pipeline: 'held', params: { item: 'a', value: 'b' } } }] };
}

const server = await startFakeOpenAiServer({ script: reply, latencyMs: Number(latencyMs) });
console.log(server.baseURL);
