import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Conversation } from '../../../src/api/conversation.ts';
import { type Turn } from '../../../src/api/turn.ts';
import { type FakeReply } from '../../../src/testing/fake-openai-reply.ts';
import {
  type ChatRequest,
  type FakeOpenAiServer,
  startFakeOpenAiServer,
} from '../../../src/testing/fake-openai-server.ts';
import { OperatorUnderTest } from '../../support/operator-under-test.ts';
import { projectRoot, testCluster } from '../../support/test-cluster.ts';
import { Story } from '../story.ts';
import { TerminalUnderTest } from './terminal-under-test.ts';

export type Script = (request: ChatRequest) => FakeReply;

export interface ChatStart {
  readonly args?: readonly string[];
  readonly columns?: number;
  readonly rows?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

/** A team's namespace with an operator of its own, a model that follows a script, and people who chat. */
export class ChatWorld {
  readonly program = `${projectRoot}/bin/kubectl-swarm`;
  readonly story: Story;
  readonly #operator: OperatorUnderTest;
  readonly #model: FakeOpenAiServer;
  readonly #kubeconfig: string;
  readonly #terminals: TerminalUnderTest[] = [];
  /** One person's: history and what is always allowed outlive a chat. */
  readonly stateHome = mkdtempSync(join(tmpdir(), 'swarm-chat-state-'));

  private constructor(parts: {
    story: Story;
    operator: OperatorUnderTest;
    model: FakeOpenAiServer;
    kubeconfig: string;
  }) {
    this.story = parts.story;
    this.#operator = parts.operator;
    this.#model = parts.model;
    this.#kubeconfig = parts.kubeconfig;
  }

  /** `backends`: of the SwarmConfig, beside Tekton. */
  static async begin(name: string, script: Script, backends: object = {}): Promise<ChatWorld> {
    const cluster = testCluster();
    const model = await startFakeOpenAiServer({ script });
    const running: { operator?: OperatorUnderTest } = {};
    const story = await Story.begin(cluster, name, () => running.operator?.tail() ?? '');
    await story.kubectl.apply(
      story.object('SwarmConfig', 'default', {
        model: { provider: 'openai', baseURL: model.baseURL, name: 'fake-model' },
        backends,
      }),
    );
    const operator = await OperatorUnderTest.start(cluster, { namespace: story.namespace, advertisesStream: true });
    running.operator = operator;
    return new ChatWorld({ story, operator, model, kubeconfig: cluster.kubeconfig });
  }

  async end(): Promise<void> {
    for (const terminal of this.#terminals) await terminal.close();
    await this.story.end();
    await this.#operator.stop();
    await this.#model.stop();
  }

  get requests() {
    return this.#model.requests;
  }

  get environment(): Readonly<Record<string, string>> {
    return { KUBECONFIG: this.#kubeconfig, XDG_STATE_HOME: this.stateHome, HOME: this.stateHome };
  }

  /** `kubectl swarm chat …` in a terminal of its own. */
  chat({ args = [], columns = 80, rows = 24, environment = {} }: ChatStart = {}): TerminalUnderTest {
    return this.run({ args: ['chat', ...args], columns, rows, environment });
  }

  run({ args = [], columns = 80, rows = 24, environment = {} }: ChatStart): TerminalUnderTest {
    const terminal = new TerminalUnderTest({
      program: this.program,
      args: [...args, '-n', this.story.namespace],
      columns,
      rows,
      environment: { ...this.environment, ...environment },
    });
    this.#terminals.push(terminal);
    return terminal;
  }

  /** A conversation with one agent, so that a script needs no supervisor. */
  async converse(name: string, agent = 'supervisor'): Promise<void> {
    await this.story.kubectl.apply(this.story.object('Conversation', name, { agent }));
  }

  async turnsOf(conversation: string): Promise<readonly Turn[]> {
    const turns = await this.story.turns();
    // Creation is told to the second only.
    const order = ({ metadata, status }: Turn) =>
      `${metadata.creationTimestamp} ${status?.steps?.[0]?.decidedAt ?? '9999'}`;
    return turns
      .filter(({ spec }) => spec.owner.name === conversation)
      .sort((left, right) => order(left).localeCompare(order(right)));
  }

  conversation(name: string): Promise<Conversation> {
    return this.story.conversation(name);
  }
}

/** The last thing the person said, of a request to the model. */
export function questionOf({ messages }: ChatRequest): string {
  return messages.findLast(({ role }) => role === 'user')?.content ?? '';
}

/** Results of tools since the person last said something. */
export function resultsOf({ messages }: ChatRequest): readonly string[] {
  const last = messages.findLastIndex(({ role }) => role === 'user');
  return messages.slice(last + 1).flatMap(({ role, content }) => (role === 'tool' ? [content ?? ''] : []));
}
