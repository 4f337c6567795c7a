import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type PendingApproval, type Turn } from '../../src/api/turn.ts';
import { ApiConnection } from '../support/api-connection.ts';
import { type TestCluster } from '../support/test-cluster.ts';
import { createTeamNamespace, type TeamNamespace } from '../support/team-namespace.ts';
import { Program } from '../support/program.ts';
import { waitFor } from '../support/wait-for.ts';
import { type Ledger } from './ledger.ts';
import { ordersVariable, type Orders } from './orders.ts';
import { type Script } from './script.ts';
import { judge, type HeldRun, type Verdict } from './verdict.ts';

const here = fileURLToPath(new URL('.', import.meta.url));

interface Items<T> {
  readonly items: readonly T[];
}

interface RunObject extends HeldRun {
  readonly status?: { readonly completionTime?: string };
}

interface ApprovalList {
  readonly spec: { readonly turn: { readonly uid: string }; readonly callId: string };
}

export interface ScriptedConversation {
  readonly name: string;
  readonly agent: 'supervisor' | 'minio';
  readonly scripts: readonly Script[];
  readonly approval: 'Never' | 'Writes';
}

/** A namespace, the World, and a connection past the operator: where rounds are fought and judged. */
export class Arena {
  readonly #api: ApiConnection;
  readonly #team: TeamNamespace;
  readonly #world: Program;
  readonly #worldUrl: string;
  readonly #texts: string[] = [];

  private constructor(parts: { api: ApiConnection; team: TeamNamespace; world: Program; worldUrl: string }) {
    this.#api = parts.api;
    this.#team = parts.team;
    this.#world = parts.world;
    this.#worldUrl = parts.worldUrl;
  }

  static async open(cluster: TestCluster): Promise<Arena> {
    await cluster.kubectl.run('apply', '-f', join(here, 'held-runs.yaml'));
    const team = await createTeamNamespace(cluster.kubectl, 'faults', { 'swarm.test/runs': 'held' });
    await team.kubectl.run('apply', '-f', join(here, 'held-pipeline.yaml'));
    const receipts = join(mkdtempSync(join(tmpdir(), 'swarm-world-')), 'receipts.jsonl');
    const world = new Program({ script: join(here, 'world.ts'), args: [receipts] });
    const worldUrl = await world.firstLine(/^http:/);
    if (worldUrl === undefined) throw new Error(`the World did not start:\n${world.tail()}`);
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

  /** Applies a conversation whose messages are these scripts: one turn after the other. */
  async converse({ name, agent, scripts, approval }: ScriptedConversation): Promise<void> {
    const texts = scripts.map((script) => JSON.stringify(script));
    this.#texts.push(...texts);
    const spec = { agent, messages: texts.map((text) => ({ text })), approvalPolicy: { default: approval } };
    const object = { apiVersion: 'swarm.mlops.dev/v1alpha1', kind: 'Conversation', metadata: { name }, spec };
    await this.#api.must('POST', this.#swarm('conversations'), object);
  }

  /** One look at everything: answers what asks for approval, ends the runs that are waited for. True when all is done. */
  async attend(): Promise<boolean> {
    const turns = await this.#turns();
    await this.#approve(turns);
    await this.#endRuns();
    const finished = turns.filter((turn) => turn.status?.finishedAt !== undefined).length;
    return finished >= this.#texts.length;
  }

  async verdict(): Promise<Verdict> {
    const [turns, runs, ledger] = await Promise.all([this.#turns(), this.#runs(), this.#ledger()]);
    return judge({ texts: this.#texts, turns, runs, applied: ledger.applied });
  }

  async requestsOfTheWorld(): Promise<number> {
    return (await this.#ledger()).asked.length;
  }

  async #approve(turns: readonly Turn[]): Promise<void> {
    const waiting = turns.flatMap((turn) =>
      (turn.status?.pendingApprovals ?? []).map((pending) => ({ turn, pending })),
    );
    if (waiting.length === 0) return;
    const { items } = await this.#api.must<Items<ApprovalList>>('GET', this.#swarm('approvals'));
    const decided = new Set(items.map(({ spec }) => `${spec.turn.uid} ${spec.callId}`));
    const open = waiting.filter(({ turn, pending }) => !decided.has(`${turn.metadata.uid} ${pending.callId}`));
    await Promise.all(open.map(({ turn, pending }) => this.#createApproval(turn, pending)));
  }

  async #createApproval(turn: Turn, { callId, argumentsDigest }: PendingApproval): Promise<void> {
    const { name, uid } = turn.metadata;
    await this.#api.must('POST', this.#swarm('approvals'), {
      apiVersion: 'swarm.mlops.dev/v1alpha1',
      kind: 'Approval',
      metadata: { generateName: 'approval-' },
      spec: { turn: { name, uid }, callId, argumentsDigest, decision: 'Approve' },
    });
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

  async #turns(): Promise<readonly Turn[]> {
    return (await this.#api.must<Items<Turn>>('GET', this.#swarm('turns'))).items;
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

  #swarm(plural: string): string {
    return `/apis/swarm.mlops.dev/v1alpha1/namespaces/${this.namespace}/${plural}`;
  }

  #tekton(): string {
    return `/apis/tekton.dev/v1/namespaces/${this.namespace}/pipelineruns`;
  }
}
