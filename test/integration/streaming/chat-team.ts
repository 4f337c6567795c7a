import { createHash, randomBytes } from 'node:crypto';
import type { Conversation } from '../../../src/api/conversation.ts';
import type { Turn, TurnStatus } from '../../../src/api/turn.ts';
import {
  type FakeOpenAiOptions,
  type FakeOpenAiServer,
  startFakeOpenAiServer,
} from '../../../src/testing/fake-openai-server.ts';
import { installSwarm } from '../../support/operator-under-test.ts';
import { createTeamNamespace, type TeamNamespace } from '../../support/team-namespace.ts';
import { testCluster } from '../../support/test-cluster.ts';
import { waitFor } from '../../support/wait-for.ts';

const apiVersion = 'swarm.mlops.dev/v1alpha1';

export interface Chat {
  readonly turn: string;
  /** Opens the turn's stream. */
  readonly key: string;
}

/** A team whose people chat: Turns of their own, each with a stream key, and a model that answers in pieces. */
export class ChatTeam {
  readonly cluster = testCluster();
  readonly model: FakeOpenAiServer;
  readonly #namespace: TeamNamespace;
  #asked = 0;

  private constructor(namespace: TeamNamespace, model: FakeOpenAiServer) {
    this.#namespace = namespace;
    this.model = model;
  }

  static async create(script: FakeOpenAiOptions['script']): Promise<ChatTeam> {
    const cluster = testCluster();
    await installSwarm(cluster);
    const namespace = await createTeamNamespace(cluster.kubectl, 'streaming');
    const team = new ChatTeam(namespace, await startFakeOpenAiServer({ script }));
    await team.kubectl.apply({
      apiVersion,
      kind: 'SwarmConfig',
      metadata: { name: 'default' },
      spec: { model: { provider: 'openai', name: 'fake', baseURL: team.model.baseURL } },
    });
    return team;
  }

  get name(): string {
    return this.#namespace.name;
  }

  get kubectl() {
    return this.#namespace.kubectl;
  }

  /** Asks as `kubectl swarm chat` does; each in a conversation of its own, so that they are answered side by side. */
  async ask(text: string, { withKey = true } = {}): Promise<Chat> {
    const conversation = `chat-${this.#asked++}`;
    const turn = `${conversation}-0`;
    const key = randomBytes(32).toString('hex');
    const made = await this.kubectl.pipe(
      JSON.stringify({
        apiVersion,
        kind: 'Conversation',
        metadata: { name: conversation },
        spec: { messages: [] },
      }),
      'create',
      '-o',
      'json',
      '-f',
      '-',
    );
    const { uid } = (JSON.parse(made) as Conversation).metadata;
    const owner = { kind: 'Conversation', name: conversation, uid };
    const streamKeySHA256 = createHash('sha256').update(key).digest('hex');
    const spec = { owner, text, ...(withKey && { streamKeySHA256 }) };
    await this.kubectl.apply({ apiVersion, kind: 'Turn', metadata: { name: turn }, spec });
    return { turn, key };
  }

  async statusOf(turn: string): Promise<TurnStatus> {
    return (await this.kubectl.get<Turn>('turn', turn)).status ?? {};
  }

  /** The status as soon as it is so. */
  until(what: string, turn: string, isSo: (status: TurnStatus) => boolean): Promise<TurnStatus> {
    return waitFor(
      what,
      async () => {
        const status = await this.statusOf(turn);
        return isSo(status) && status;
      },
      { withinMs: 30_000, everyMs: 50, explain: async () => JSON.stringify(await this.statusOf(turn)) },
    );
  }

  /** Where the events of this turn are served, once its status says so. */
  async addressOf(turn: string): Promise<string> {
    const { stream } = await this.until(
      'the turn says where its events are',
      turn,
      ({ stream: there }) => there !== undefined,
    );
    return stream?.url ?? '';
  }

  async end(): Promise<void> {
    await this.kubectl.run('delete', 'conversations', '--all', '--timeout=60s');
    await this.#namespace.remove();
    await this.model.stop();
  }
}
