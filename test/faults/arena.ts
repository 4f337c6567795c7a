import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ApiConnection } from '../support/api-connection.ts';
import { type TestCluster } from '../support/test-cluster.ts';
import { createTeamNamespace, type TeamNamespace } from '../support/team-namespace.ts';
import { Program } from '../support/program.ts';
import { waitFor } from '../support/wait-for.ts';
import { type Ledger } from './ledger.ts';
import { Messages, type ScriptedConversation } from './messages.ts';
import { ordersVariable, type Orders } from './orders.ts';
import { judge, type HeldRun, type Verdict } from './verdict.ts';

const here = fileURLToPath(new URL('.', import.meta.url));

interface Items<T> {
  readonly items: readonly T[];
}

interface RunObject extends HeldRun {
  readonly status?: { readonly completionTime?: string };
}

/** Where a campaign is fought. */
export interface Battlefield {
  /** Starts an operator process there. */
  operator(orders: Omit<Orders, 'worldUrl' | 'namespace'>): Program;
  converse(conversation: ScriptedConversation): Promise<void>;
  /** One look at everything: does what people and runs would do. True when all is done. */
  attend(): Promise<boolean>;
}

/** A namespace, the World, and a connection past the operator: where rounds are fought and judged. */
export class Arena implements Battlefield {
  readonly #api: ApiConnection;
  readonly #team: TeamNamespace;
  readonly #world: Program;
  readonly #worldUrl: string;
  readonly #messages: Messages;

  private constructor(parts: { api: ApiConnection; team: TeamNamespace; world: Program; worldUrl: string }) {
    this.#api = parts.api;
    this.#team = parts.team;
    this.#world = parts.world;
    this.#worldUrl = parts.worldUrl;
    this.#messages = new Messages(parts.api, parts.team.name);
  }

  static async open(cluster: TestCluster): Promise<Arena> {
    await cluster.kubectl.run('apply', '-f', join(here, 'held-runs.yaml'));
    const team = await createTeamNamespace(cluster.kubectl, 'faults', { 'swarm.test/runs': 'held' });
    await team.kubectl.run('apply', '-f', join(here, 'held-pipeline.yaml'));
    const receipts = join(mkdtempSync(join(tmpdir(), 'swarm-world-')), 'receipts.jsonl');
    const world = new Program({ script: join(here, 'world.ts'), args: [receipts] });
    const worldUrl = await world.firstLine(/^http:/);
    if (worldUrl === undefined) throw new Error(`the World did not start:\n${world.tail()}`);
    await team.kubectl.apply(settingsFor(worldUrl));
    const arena = new Arena({ api: new ApiConnection(cluster.kubeconfig), team, world, worldUrl });
    await waitFor('runs are held', () => arena.#holdsRuns(), { withinMs: 30_000 });
    return arena;
  }

  /** Conversations leave only when an operator has looked after their runs. */
  async close(kubeconfig: string): Promise<void> {
    const operator = this.operator({ kubeconfig });
    await this.#team.kubectl.run('delete', 'conversations', '--all', '--timeout=120s');
    await operator.stop();
    await this.#world.stop();
    await this.#team.remove();
    this.#api.close();
  }

  get namespace(): string {
    return this.#team.name;
  }

  /** Starts an operator process on this arena's namespace. */
  operator(orders: Omit<Orders, 'worldUrl' | 'namespace'>): Program {
    const complete: Orders = { ...orders, worldUrl: this.#worldUrl, namespace: this.namespace };
    const environment = { [ordersVariable]: JSON.stringify(complete), NODE_ENV: 'test' };
    return new Program({ script: join(here, 'operator-process.ts'), environment });
  }

  /** From now on the World applies this share of its writes without ever answering. */
  async setWeather(dropReplies: number): Promise<void> {
    await fetch(`${this.#worldUrl}/weather`, { method: 'PUT', body: JSON.stringify({ dropReplies }) });
  }

  converse(conversation: ScriptedConversation): Promise<void> {
    return this.#messages.converse(conversation);
  }

  /** Answers what asks for approval, ends the runs that are waited for. */
  async attend(): Promise<boolean> {
    const turns = await this.#messages.turns();
    await this.#messages.approve(turns);
    await this.#endRuns();
    return this.#messages.areAnswered(turns);
  }

  async verdict(): Promise<Verdict> {
    const [turns, runs, ledger] = await Promise.all([this.#messages.turns(), this.#runs(), this.#ledger()]);
    return judge({ texts: this.#messages.texts, turns, runs, applied: ledger.applied });
  }

  async requestsOfTheWorld(): Promise<number> {
    return (await this.#ledger()).asked.length;
  }

  async #endRuns(): Promise<void> {
    const running = (await this.#runs()).filter((run) => run.status?.completionTime === undefined);
    const time = `${new Date().toISOString().slice(0, 19)}Z`;
    const condition = { type: 'Succeeded', status: 'True', reason: 'Succeeded', message: '', lastTransitionTime: time };
    const patch = { status: { completionTime: time, conditions: [condition] } };
    await Promise.all(
      running.map(({ metadata }) => this.#api.must('PATCH', `${this.#tekton()}/${metadata.name}/status`, patch)),
    );
  }

  async #runs(): Promise<readonly RunObject[]> {
    return (await this.#api.must<Items<RunObject>>('GET', this.#tekton())).items;
  }

  async #ledger(): Promise<Ledger> {
    return (await (await fetch(`${this.#worldUrl}/ledger`)).json()) as Ledger;
  }

  async #holdsRuns(): Promise<boolean> {
    const run = {
      apiVersion: 'tekton.dev/v1',
      kind: 'PipelineRun',
      metadata: { name: 'probe' },
      spec: { pipelineRef: { name: 'held' } },
    };
    const made = await this.#api.must<{ spec: { status?: string } }>('POST', `${this.#tekton()}?dryRun=All`, run);
    return made.spec.status === 'PipelineRunPending';
  }

  #tekton(): string {
    return `/apis/tekton.dev/v1/namespaces/${this.namespace}/pipelineruns`;
  }
}

/** The agent that stands in for the one of the object store is offered where there is a store. Nobody asks this one. */
function settingsFor(worldUrl: string): object {
  const objectStore = { endpoint: worldUrl, secretRef: { name: 'swarm-object-store' } };
  const spec = { backends: { objectStore } };
  return { apiVersion: 'swarm.mlops.dev/v1alpha1', kind: 'SwarmConfig', metadata: { name: 'default' }, spec };
}
