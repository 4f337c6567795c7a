import { type Turn } from '../../src/api/turn.ts';
import { ApiConnection } from '../support/api-connection.ts';
import { installSwarm, OperatorUnderTest } from '../support/operator-under-test.ts';
import { Program } from '../support/program.ts';
import { createTeamNamespace, type TeamNamespace } from '../support/team-namespace.ts';
import { projectRoot, type TestCluster } from '../support/test-cluster.ts';
import { Chat, type Chatted, type Load } from './chat.ts';
import { ownLimit, type Sample } from './own-limit.ts';
import { controlPlanePids, processUsage, type ProcessUsage } from './process-usage.ts';
import { writesPerTurn, type Row } from './report.ts';
import { countWrites, difference } from './request-counts.ts';
import { quantile } from './statistics.ts';

const plainText = 'Which pipelines are there, and how did the newest run end?';

interface Scenario {
  readonly modelLatencyMs: number;
  readonly concurrency: number;
  readonly count: number;
  readonly limitPerSecond: number;
}

interface Desk {
  readonly team: TeamNamespace;
  readonly chat: Chat;
  readonly operator: OperatorUnderTest;
}

/** One measurement after the other, each with an operator, a namespace and a model server of its own. */
export class Measurements {
  readonly #cluster: TestCluster;
  readonly #api: ApiConnection;
  /** Below 1: fewer turns, for a quick look. */
  readonly #scale: number;

  constructor(cluster: TestCluster, scale: number) {
    this.#scale = scale;
    this.#cluster = cluster;
    this.#api = new ApiConnection(cluster.kubeconfig, 600);
  }

  close(): void {
    this.#api.close();
  }

  /** A Turn and a Conversation as ten plain turns leave them: what the limit is measured with. */
  sample(): Promise<Sample> {
    return this.#withDesk(0, async ({ chat }) => {
      const load: Load = { name: 'sample', count: 10, concurrency: 1, text: plainText, agent: 'supervisor' };
      const [conversation] = await chat.prepare(load);
      if (conversation === undefined) throw new Error('no conversation was prepared');
      await chat.run(load, [conversation]);
      return {
        turn: await this.#api.must<Turn>('GET', chat.path('turns', 'sample-t9')),
        conversation: await this.#api.must('GET', chat.path('conversations', conversation.metadata.name)),
      };
    });
  }

  /** No operator runs meanwhile. */
  async limit(sample: Sample, concurrency: number): Promise<number> {
    const team = await createTeamNamespace(this.#cluster.kubectl, 'bench-limit');
    const chat = new Chat(this.#api, team.name);
    const count = Math.max(concurrency, Math.round((concurrency === 1 ? 200 : 1_000) * this.#scale));
    const perSecond = await ownLimit(this.#api, { chat, sample, count, concurrency });
    console.log(`the API server alone, ${concurrency} clients: ${perSecond.toFixed(1)} turns/s`);
    await team.kubectl.run('delete', 'turns,conversations', '--all', '--wait=false');
    await team.kubectl.run('delete', 'namespace', team.name, '--timeout=120s');
    return perSecond;
  }

  plain({ modelLatencyMs, concurrency, count, limitPerSecond }: Scenario): Promise<Row> {
    return this.#withDesk(modelLatencyMs, async ({ chat, operator }) => {
      const load: Load = { name: 'plain', count, concurrency, text: plainText, agent: 'supervisor' };
      const conversations = await chat.prepare(load);
      const { chatted, usage, writes } = await this.#measure(operator, () => chat.run(load, conversations));
      const added = chatted.latenciesMs.map((latency) => latency - modelLatencyMs);
      return {
        modelLatencyMs,
        concurrency,
        turns: count,
        failed: chatted.failed,
        turnsPerSecond: count / chatted.seconds,
        addedP50Ms: quantile(added, 0.5),
        addedP95Ms: quantile(added, 0.95),
        limitPerSecond,
        writesPerTurn: writesPerTurn(writes, count, new Map([['POST turns', count]])),
        usage,
      };
    });
  }

  /** Turns that start one PipelineRun each (held, so that no pod disturbs) and say so. */
  withOneCall(): Promise<Record<string, number>> {
    return this.#withDesk(0, async ({ team, chat, operator }) => {
      await team.kubectl.run('apply', '-f', `${projectRoot}/test/faults/held-pipeline.yaml`);
      const count = 100;
      const load: Load = {
        name: 'call',
        count,
        concurrency: 10,
        text: 'Please run the pipeline held.',
        agent: 'tekton',
      };
      const conversations = await chat.prepare(load);
      const { chatted, writes } = await this.#measure(operator, () => chat.run(load, conversations));
      if (chatted.failed > 0)
        throw new Error(`${chatted.failed} of ${count} turns with a call failed\n${operator.tail()}`);
      return writesPerTurn(writes, count, new Map([['POST turns', count]]));
    });
  }

  async #withDesk<T>(modelLatencyMs: number, work: (desk: Desk) => Promise<T>): Promise<T> {
    const model = new Program({ script: `${projectRoot}/test/bench/model-server.ts`, args: [String(modelLatencyMs)] });
    const baseURL = await model.firstLine(/^http:/);
    await installSwarm(this.#cluster);
    const team = await createTeamNamespace(this.#cluster.kubectl, 'bench', { 'swarm.test/runs': 'held' });
    const spec = { model: { provider: 'openai', name: 'fake', baseURL } };
    await team.kubectl.apply({
      apiVersion: 'swarm.mlops.dev/v1alpha1',
      kind: 'SwarmConfig',
      metadata: { name: 'default' },
      spec,
    });
    const operator = await OperatorUnderTest.start(this.#cluster, { namespace: team.name, maxConcurrentTurns: 512 });
    const chat = new Chat(this.#api, team.name);
    try {
      await chat.open();
      return await work({ team, chat, operator });
    } finally {
      chat.close();
      await team.kubectl.run('delete', 'conversations', '--all', '--timeout=180s');
      await operator.stop();
      await model.kill();
      await team.remove();
    }
  }

  async #measure(operator: OperatorUnderTest, work: () => Promise<Chatted>) {
    const before = { usage: this.#usage(operator), writes: await countWrites(this.#api) };
    const chatted = await work();
    const after = { usage: this.#usage(operator), writes: await countWrites(this.#api) };
    const used = (name: keyof Row['usage']) => ({
      cores: (after.usage[name].cpuSeconds - before.usage[name].cpuSeconds) / chatted.seconds,
      rssMiB: after.usage[name].rssMiB,
    });
    const usage = { operator: used('operator'), apiServer: used('apiServer'), etcd: used('etcd') };
    return { chatted, usage, writes: difference(after.writes, before.writes) };
  }

  #usage(operator: OperatorUnderTest): Record<keyof Row['usage'], ProcessUsage> {
    const pids = controlPlanePids(this.#api.server.hostname);
    const unknown = { cpuSeconds: NaN, rssMiB: NaN };
    const usageOf = (pid: number | undefined) => (pid === undefined ? unknown : processUsage(pid));
    return { operator: processUsage(operator.pid), apiServer: usageOf(pids.apiServer), etcd: usageOf(pids.etcd) };
  }
}
