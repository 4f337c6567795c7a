import { type PendingApproval, type Turn } from '../../src/api/turn.ts';
import { type ApiConnection } from '../support/api-connection.ts';
import { type Script } from './script.ts';

export interface ScriptedConversation {
  readonly name: string;
  readonly agent: 'supervisor' | 'minio' | 'kfp';
  readonly scripts: readonly Script[];
  readonly approval: 'Never' | 'Writes';
}

interface Items<T> {
  readonly items: readonly T[];
}

interface ApprovalList {
  readonly spec: { readonly turn: { readonly uid: string }; readonly callId: string };
}

/** What people write into one namespace, and what they see of it. */
export class Messages {
  readonly #api: ApiConnection;
  readonly #namespace: string;
  /** Texts that are to be carried out, one turn each. */
  readonly texts: string[] = [];

  constructor(api: ApiConnection, namespace: string) {
    this.#api = api;
    this.#namespace = namespace;
  }

  /** Applies a conversation whose messages are these scripts: one turn after the other. */
  async converse({ name, agent, scripts, approval }: ScriptedConversation): Promise<void> {
    const texts = scripts.map((script) => JSON.stringify(script));
    this.texts.push(...texts);
    const spec = { agent, messages: texts.map((text) => ({ text })), approvalPolicy: { default: approval } };
    const object = { apiVersion: 'swarm.mlops.dev/v1alpha1', kind: 'Conversation', metadata: { name }, spec };
    await this.#api.must('POST', this.#path('conversations'), object);
  }

  async turns(): Promise<readonly Turn[]> {
    return (await this.#api.must<Items<Turn>>('GET', this.#path('turns'))).items;
  }

  /** Approves whatever a person is asked. */
  async approve(turns: readonly Turn[]): Promise<void> {
    const waiting = turns.flatMap((turn) =>
      (turn.status?.pendingApprovals ?? []).map((pending) => ({ turn, pending })),
    );
    if (waiting.length === 0) return;
    const { items } = await this.#api.must<Items<ApprovalList>>('GET', this.#path('approvals'));
    const decided = new Set(items.map(({ spec }) => `${spec.turn.uid} ${spec.callId}`));
    const open = waiting.filter(({ turn, pending }) => !decided.has(`${turn.metadata.uid} ${pending.callId}`));
    await Promise.all(open.map(({ turn, pending }) => this.#createApproval(turn, pending)));
  }

  areAnswered(turns: readonly Turn[]): boolean {
    return turns.filter((turn) => turn.status?.finishedAt !== undefined).length >= this.texts.length;
  }

  async #createApproval(turn: Turn, { callId, argumentsDigest }: PendingApproval): Promise<void> {
    const { name, uid } = turn.metadata;
    await this.#api.must('POST', this.#path('approvals'), {
      apiVersion: 'swarm.mlops.dev/v1alpha1',
      kind: 'Approval',
      metadata: { generateName: 'approval-' },
      spec: { turn: { name, uid }, callId, argumentsDigest, decision: 'Approve' },
    });
  }

  #path(plural: string): string {
    return `/apis/swarm.mlops.dev/v1alpha1/namespaces/${this.#namespace}/${plural}`;
  }
}
