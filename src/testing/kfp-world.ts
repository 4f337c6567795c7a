import type { Agent } from '../agents/agent.ts';
import type { ToolContext } from '../agents/tool.ts';
import type { KfpSource } from '../backends/kfp/kfp-client.ts';
import type { ObjectStoreSource } from '../backends/s3/object-store.ts';
import { callTool, precheckTool, toolOf } from './call-tool.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeKfp } from './fake-kfp.ts';
import { FakeObjectStore } from './fake-object-store.ts';
import { toolContext } from './tool-context.ts';

interface Backends {
  readonly kfp: KfpSource;
  readonly files: ObjectStoreSource;
}

/** An agent over a small Kubeflow Pipelines: a training pipeline with one run of each ending. */
export function kfpWorld(createAgent: (backends: Backends) => Agent) {
  const clock = new FakeClock('2026-03-10T12:00:00Z');
  const kfp = new FakeKfp({ clock });
  const files = new FakeObjectStore({ clock });
  const agent = createAgent({ kfp: kfp.source(), files });
  const context = toolContext({ clock });
  kfp.addPipeline(
    { name: 'churn-train', description: 'Trains the churn model.', createdAt: '2026-03-01T00:00:00Z' },
    {
      name: 'v1',
      createdAt: '2026-03-01T00:00:00Z',
      parameters: [
        { name: 'data', type: 'STRING' },
        { name: 'epochs', type: 'NUMBER_INTEGER', default: 3 },
        { name: 'learning_rate', type: 'NUMBER_DOUBLE', default: 0.1 },
      ],
      tasks: [
        { name: 'prepare', image: 'python:3.11-slim' },
        { name: 'train', after: ['prepare'], resources: { memoryLimit: '2Gi' } },
      ],
    },
  );
  kfp.addExperiment({ name: 'ablation', description: 'Leave one feature out.', createdAt: '2026-03-02T00:00:00Z' });
  const pipeline = { pipelineId: 'churn-train', versionId: 'churn-train-v1' };
  const times = (day: string) => ({
    createdAt: `2026-03-${day}T08:00:00Z`,
    startedAt: `2026-03-${day}T08:00:10Z`,
    finishedAt: `2026-03-${day}T08:10:10Z`,
  });
  kfp.addRun({ name: 'exp-11', pipeline, parameters: { data: 'a.csv' }, experimentId: 'ablation', ...times('07') });
  kfp.addRun({ name: 'exp-12', pipeline, parameters: { data: 'a.csv', epochs: 9 }, state: 'Failed', ...times('08') });
  kfp.addRun({
    name: 'exp-13',
    pipeline,
    parameters: { data: 'b.csv' },
    state: 'Running',
    createdAt: '2026-03-10T11:50:00Z',
    startedAt: '2026-03-10T11:57:00Z',
  });

  const withFacts = (facts: Partial<ToolContext>) => ({ ...context, ...facts });
  return {
    clock,
    kfp,
    files,
    agent,
    context,
    call: (tool: string, input: object, facts: Partial<ToolContext> = {}) =>
      callTool(toolOf(agent, tool), input, withFacts(facts)),
    precheck: (tool: string, input: object) => precheckTool(toolOf(agent, tool), input, context),
    preview: (tool: string, input: object) => {
      const found = toolOf(agent, tool);
      return found.preview?.(found.input.parse(input) as never, context) ?? Promise.resolve(undefined);
    },
  };
}
