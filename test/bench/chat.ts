import { type Conversation } from '../../src/api/conversation.ts';
import { type Turn } from '../../src/api/turn.ts';
import { type ApiConnection } from '../support/api-connection.ts';
import { inParallel } from './statistics.ts';

/** Turns one conversation gets: enough to have a history, few enough that none is pruned while we count writes. */
export const turnsPerConversation = 10;

export interface Load {
  readonly name: string;
  readonly count: number;
  readonly concurrency: number;
  readonly text: string;
  readonly agent: 'supervisor' | 'tekton';
}

export interface Chatted {
  readonly seconds: number;
  /** From the answer to the create until the client's watch shows the finished turn, for each turn. */
  readonly latenciesMs: readonly number[];
  readonly failed: number;
}

/** Clients that chat: each creates a Turn, waits on one shared watch until it has finished, and creates the next. */
export class Chat {
  readonly #api: ApiConnection;
  readonly #namespace: string;
  readonly #finished = new Map<string, (turn: Turn) => void>();
  readonly #stop = new AbortController();

  constructor(api: ApiConnection, namespace: string) {
    this.#api = api;
    this.#namespace = namespace;
  }

  async open(): Promise<void> {
    const { metadata } = await this.#api.must<{ metadata: { resourceVersion: string } }>('GET', this.path('turns'));
    void this.#listen(metadata.resourceVersion);
  }

  close(): void {
    this.#stop.abort();
  }

  path(plural: string, name?: string): string {
    const base = `/apis/swarm.mlops.dev/v1alpha1/namespaces/${this.#namespace}/${plural}`;
    return name === undefined ? base : `${base}/${name}`;
  }

  /** Conversations to talk in; what the operator writes for a new one is over before the clock starts. */
  async prepare(load: Load): Promise<readonly Conversation[]> {
    const count = Math.max(load.concurrency, Math.ceil(load.count / turnsPerConversation));
    const names = Array.from({ length: count }, (_, number) => `${load.name}-${number}`);
    await inParallel({ count, concurrency: 16 }, async (number) => {
      const metadata = { name: names[number] };
      const spec = { agent: load.agent, historyLimit: 50, approvalPolicy: { default: 'Never' } };
      await this.#api.must('POST', this.path('conversations'), object('Conversation', metadata, spec));
    });
    return await this.#settled(names);
  }

  async run(load: Load, conversations: readonly Conversation[]): Promise<Chatted> {
    const latenciesMs: number[] = [];
    let failed = 0;
    const since = performance.now();
    await inParallel(load, async (number, worker) => {
      // Each worker keeps to conversations of its own: one turn per conversation at a time.
      const round = Math.floor(number / load.concurrency / turnsPerConversation);
      const owner = conversations[(worker + round * load.concurrency) % conversations.length];
      if (owner === undefined) throw new Error('no conversation was prepared');
      const { turn, latencyMs } = await this.#turn(`${load.name}-t${number}`, owner, load.text);
      latenciesMs.push(latencyMs);
      if (turn.status?.phase !== 'Succeeded') failed += 1;
    });
    return { seconds: (performance.now() - since) / 1000, latenciesMs, failed };
  }

  async #turn(name: string, { metadata }: Conversation, text: string) {
    const finished = new Promise<Turn>((resolve) => this.#finished.set(name, resolve));
    const spec = { owner: { kind: 'Conversation', name: metadata.name, uid: metadata.uid }, text };
    await this.#api.must('POST', this.path('turns'), object('Turn', turnMetadata(name, metadata), spec));
    const since = performance.now();
    const turn = await finished;
    return { turn, latencyMs: performance.now() - since };
  }

  async #listen(resourceVersion: string): Promise<void> {
    const path = `${this.path('turns')}?watch=1&timeoutSeconds=3600&resourceVersion=${resourceVersion}`;
    try {
      for await (const { object: turn } of this.#api.watch(path, this.#stop.signal)) this.#see(turn as Turn);
    } catch (error) {
      if (!this.#stop.signal.aborted) throw error;
    }
  }

  #see(turn: Turn): void {
    if (turn.status?.finishedAt === undefined) return;
    this.#finished.get(turn.metadata.name)?.(turn);
    this.#finished.delete(turn.metadata.name);
  }

  async #settled(names: readonly string[]): Promise<readonly Conversation[]> {
    const wanted = new Set(names);
    for (;;) {
      const { items } = await this.#api.must<{ items: readonly Conversation[] }>('GET', this.path('conversations'));
      const ours = items.filter(({ metadata }) => wanted.has(metadata.name));
      if (ours.length === wanted.size && ours.every(({ status }) => status?.phase === 'Idle')) return ours;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

export function object(kind: string, metadata: object, spec: object): object {
  return { apiVersion: 'swarm.mlops.dev/v1alpha1', kind, metadata, spec };
}

/** As a chat client makes it: named by the client, gone with its conversation. */
export function turnMetadata(name: string, owner: Conversation['metadata']): object {
  return {
    name,
    labels: { 'swarm.mlops.dev/conversation': owner.name },
    ownerReferences: [
      {
        apiVersion: 'swarm.mlops.dev/v1alpha1',
        kind: 'Conversation',
        name: owner.name,
        uid: owner.uid,
        controller: true,
      },
    ],
  };
}
