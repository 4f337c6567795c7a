import { apiVersion } from '../../../src/api/group.ts';
import type { Conversation } from '../../../src/api/conversation.ts';
import type { Intent } from '../../../src/api/intent.ts';
import type { Turn } from '../../../src/api/turn.ts';
import { type RunningSwarm, startSwarm } from '../../../src/compose/start-swarm.ts';
import { readConfig } from '../../../src/config.ts';
import type { LanguageModel, ModelRequest, ModelResponse } from '../../../src/models/language-model.ts';
import { installSwarm } from '../../support/operator-under-test.ts';
import { createTeamNamespace, type TeamNamespace } from '../../support/team-namespace.ts';
import { testCluster } from '../../support/test-cluster.ts';
import { waitFor } from '../../support/wait-for.ts';

/** Answers every question with the question; what contains `hang` only once `release` is called. */
export class EchoModel implements LanguageModel {
  readonly name = 'echo';
  readonly asked: string[] = [];
  readonly #waiting: (() => void)[] = [];

  async respond({ messages, signal }: ModelRequest): Promise<ModelResponse> {
    const question = messages.findLast((message) => message.role === 'user')?.text ?? '';
    this.asked.push(question);
    if (question.includes('hang')) {
      await new Promise<void>((resolve, reject) => {
        this.#waiting.push(resolve);
        signal.addEventListener('abort', () => {
          reject(signal.reason as Error);
        });
      });
    }
    return { text: `echo ${question}`, calls: [], usage: { inputTokens: 3, outputTokens: 2 }, finish: 'stop' };
  }

  release(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** One namespace of a real cluster, served by an operator in this process. */
export class Team {
  readonly model = new EchoModel();
  readonly #namespace: TeamNamespace;
  readonly #kubeconfig: string;
  #swarm: RunningSwarm | undefined;

  private constructor(namespace: TeamNamespace, kubeconfig: string) {
    this.#namespace = namespace;
    this.#kubeconfig = kubeconfig;
  }

  static async create(purpose: string): Promise<Team> {
    const cluster = testCluster();
    await installSwarm(cluster);
    return new Team(await createTeamNamespace(cluster.kubectl, purpose), cluster.kubeconfig);
  }

  get name(): string {
    return this.#namespace.name;
  }

  get kubectl() {
    return this.#namespace.kubectl;
  }

  async start(...flags: readonly string[]): Promise<void> {
    const addresses = ['health', 'metrics', 'stream'].map((server) => `--${server}-address=127.0.0.1:0`);
    const place = [`--kubeconfig=${this.#kubeconfig}`, `--namespace=${this.#namespace.name}`];
    this.#swarm = await startSwarm(readConfig([...place, ...addresses, '--log-level=error', ...flags], {}), {
      model: this.model,
    });
    await this.#swarm.ready;
  }

  async stop(): Promise<void> {
    await this.#swarm?.stop();
  }

  async end(): Promise<void> {
    this.model.release();
    await this.kubectl.run('delete', 'conversations,intents', '--all', '--timeout=60s');
    await this.stop();
    await this.#namespace.remove();
  }

  async apply(kind: 'Conversation' | 'Intent' | 'Turn', name: string, spec: object): Promise<void> {
    await this.kubectl.apply({ apiVersion, kind, metadata: { name }, spec });
  }

  say(name: string, texts: readonly string[], more: object = {}): Promise<void> {
    return this.apply('Conversation', name, { messages: texts.map((text) => ({ text })), ...more });
  }

  conversation(name: string): Promise<Conversation> {
    return this.kubectl.get<Conversation>('conversation', name);
  }

  intent(name: string): Promise<Intent> {
    return this.kubectl.get<Intent>('intent', name);
  }

  async turnsOf(owner: string): Promise<readonly Turn[]> {
    return (await this.kubectl.list<Turn>('turns')).filter((turn) => turn.spec.owner.name === owner);
  }

  /** As a script would: the condition must be that of the newest generation. */
  async finished(what: string): Promise<void> {
    await waitFor(
      `${what} is finished`,
      async () => {
        const { metadata, status } = JSON.parse(await this.kubectl.run('get', what, '-o', 'json')) as Conversation;
        const finished = status?.conditions?.find(({ type }) => type === 'Finished');
        return finished?.status === 'True' && finished.observedGeneration === metadata.generation;
      },
      { withinMs: 30_000, explain: () => this.kubectl.run('get', what, '-o', 'yaml') },
    );
  }

  until<T>(what: string, probe: () => Promise<T | undefined | false>): Promise<T> {
    return waitFor(what, probe, { withinMs: 30_000 });
  }
}
