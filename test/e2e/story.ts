import { type Conversation } from '../../src/api/conversation.ts';
import { type Intent } from '../../src/api/intent.ts';
import { type Turn } from '../../src/api/turn.ts';
import { installSwarm } from '../support/operator-under-test.ts';
import { projectRoot, type TestCluster } from '../support/test-cluster.ts';
import { createTeamNamespace, type TeamNamespace } from '../support/team-namespace.ts';
import { waitFor } from '../support/wait-for.ts';

interface PipelineRun {
  readonly metadata: {
    readonly name: string;
    readonly deletionTimestamp?: string;
    readonly ownerReferences?: readonly { readonly kind: string; readonly name: string }[];
  };
  readonly spec: {
    readonly status?: string;
    readonly params?: readonly { readonly name: string; readonly value: string }[];
  };
  readonly status?: { readonly completionTime?: string; readonly conditions?: readonly { readonly status: string }[] };
}

/** Asking for the state of a pod-starting cluster takes its time on a busy machine. */
const runMs = 120_000;

/** One team's namespace with the sample pipelines, and what a user does there with kubectl. */
export class Story {
  readonly #team: TeamNamespace;
  /** Added to every failure. */
  readonly #explain: () => string;

  private constructor(team: TeamNamespace, explain: () => string) {
    this.#team = team;
    this.#explain = explain;
  }

  static async begin(cluster: TestCluster, name: string, explain: () => string): Promise<Story> {
    await installSwarm(cluster);
    const team = await createTeamNamespace(cluster.kubectl, name);
    await team.kubectl.run('apply', '-f', `${projectRoot}/hack/test-bed/samples`);
    return new Story(team, explain);
  }

  get namespace(): string {
    return this.#team.name;
  }

  get kubectl() {
    return this.#team.kubectl;
  }

  /** While the operator still runs: conversations and intents leave only when it has looked after their runs. */
  async end(): Promise<void> {
    await this.kubectl.run('delete', 'conversations,intents', '--all', '--timeout=60s');
    await this.#team.remove();
  }

  async say(conversation: string, ...texts: readonly string[]): Promise<void> {
    await this.kubectl.apply(this.object('Conversation', conversation, { messages: texts.map((text) => ({ text })) }));
  }

  async intend(name: string, spec: object): Promise<void> {
    await this.kubectl.apply(this.object('Intent', name, spec));
  }

  object(kind: string, name: string, spec: object): object {
    return { apiVersion: 'swarm.mlops.dev/v1alpha1', kind, metadata: { name }, spec };
  }

  conversation(name: string): Promise<Conversation> {
    return this.kubectl.get<Conversation>('conversation', name);
  }

  intent(name: string): Promise<Intent> {
    return this.kubectl.get<Intent>('intent', name);
  }

  turns(): Promise<readonly Turn[]> {
    return this.kubectl.list<Turn>('turns');
  }

  /** All of the namespace, or those that a Conversation or Intent owns. */
  async pipelineRuns(owner?: string): Promise<readonly PipelineRun[]> {
    const runs = await this.kubectl.list<PipelineRun>('pipelineruns.tekton.dev');
    const isOwned = ({ metadata }: PipelineRun) =>
      metadata.ownerReferences?.some(({ name }) => name === owner) === true;
    return owner === undefined ? runs : runs.filter(isOwned);
  }

  /** Waits until the conversation's message at this index has a finished turn, and returns what was answered. */
  answer(name: string, index: number): Promise<Conversation> {
    return this.until(`message ${index} of ${name} is answered`, async () => {
      const conversation = await this.conversation(name);
      const turn = conversation.status?.turns?.find((candidate) => candidate.index === index);
      return turn?.finishedAt !== undefined && conversation.status?.reply !== undefined && conversation;
    });
  }

  /** Waits for the question, and answers it with the manifest that the Turn prints. */
  async approve(owner?: string): Promise<void> {
    const manifest = await this.pendingApproval(owner);
    await this.kubectl.apply(manifest);
  }

  /** The first of all, or of a Conversation or Intent. */
  pendingApproval(owner?: string): Promise<string> {
    return this.until('a call waits for approval', async () => {
      const turns = (await this.turns()).filter(({ spec }) => owner === undefined || spec.owner.name === owner);
      return turns.flatMap((turn) => turn.status?.pendingApprovals ?? [])[0]?.manifest;
    });
  }

  until<T>(what: string, probe: () => Promise<T | undefined | false>, withinMs = runMs): Promise<T> {
    return waitFor(what, probe, { withinMs, everyMs: 500, explain: () => this.#describe() });
  }

  async #describe(): Promise<string> {
    const objects = await this.kubectl.run('get', 'conversations,turns,intents,pipelineruns.tekton.dev', '-o', 'yaml');
    return `--- objects\n${objects.slice(-12_000)}\n--- operator\n${this.#explain()}`;
  }
}
