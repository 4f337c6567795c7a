import { fileURLToPath } from 'node:url';
import { ApiConnection } from '../support/api-connection.ts';
import { testObjectStore, type ObjectStoreAccess } from '../support/object-store.ts';
import { Program } from '../support/program.ts';
import { createTeamNamespace, type TeamNamespace } from '../support/team-namespace.ts';
import { type TestCluster } from '../support/test-cluster.ts';
import { waitFor } from '../support/wait-for.ts';
import { type Battlefield } from './arena.ts';
import { KubeflowProcess } from './kubeflow-process.ts';
import { type Asked } from './ledger.ts';
import { Messages, type ScriptedConversation } from './messages.ts';
import { ordersVariable, type Orders } from './orders.ts';
import { judge, type HeldRun, type Verdict } from './verdict.ts';
import { VersionedBucket } from './versioned-bucket.ts';
import { Wire } from './wire.ts';

const operatorScript = fileURLToPath(new URL('operator-process.ts', import.meta.url));
const workflowKind = fileURLToPath(new URL('../kfp/simulator/kubernetes/workflow-crd.yaml', import.meta.url));
const runLabel = 'pipeline/runid';

interface WorkflowObject {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
}

/** An execution in the cluster. */
export interface Execution {
  readonly name: string;
  readonly runId: string;
}

interface Parts {
  readonly team: TeamNamespace;
  readonly api: ApiConnection;
  readonly hurry: number;
  readonly kubeflow: KubeflowProcess;
  readonly bucket: VersionedBucket;
  readonly kubeflowWire: Wire;
  readonly storeWire: Wire;
}

/** A namespace whose SwarmConfig leads to Kubeflow Pipelines and to a real object store, over wires that can be cut. */
export class BackendArena implements Battlefield {
  readonly hurry: number;
  readonly kubeflow: KubeflowProcess;
  /** To Kubeflow Pipelines and to the object store. */
  readonly wires: readonly [Wire, Wire];
  readonly #parts: Parts;
  readonly #messages: Messages;
  readonly #operators: Program[] = [];

  private constructor(parts: Parts) {
    this.#parts = parts;
    this.hurry = parts.hurry;
    this.kubeflow = parts.kubeflow;
    this.wires = [parts.kubeflowWire, parts.storeWire];
    this.#messages = new Messages(parts.api, parts.team.name);
  }

  /** @param hurry so many times shorter are the waits of the operator and of Kubeflow Pipelines */
  static async open({ kubectl, kubeconfig }: TestCluster, hurry: number): Promise<BackendArena> {
    await kubectl.run('apply', '-f', workflowKind);
    await kubectl.run('wait', '--for=condition=Established', 'crd/workflows.argoproj.io', '--timeout=30s');
    const team = await createTeamNamespace(kubectl, 'faults-backends');
    const kubeflow = await KubeflowProcess.start({ kubeconfig, namespace: team.name, hurry });
    const store = testObjectStore();
    const bucket = await VersionedBucket.make(team.name, store);
    const [kubeflowWire, storeWire] = await Promise.all([Wire.open(kubeflow.url), Wire.open(store.endpoint)]);
    for (const object of settings({ kfp: kubeflowWire.url, objectStore: storeWire.url, bucket: bucket.name }, store)) {
      await team.kubectl.apply(object);
    }
    const api = new ApiConnection(kubeconfig);
    return new BackendArena({ team, api, hurry, kubeflow, bucket, kubeflowWire, storeWire });
  }

  /** Conversations leave only when an operator has looked after their runs. */
  async close(kubeconfig: string): Promise<void> {
    const { team, kubeflow, bucket, api } = this.#parts;
    await Promise.all(this.#operators.filter(({ hasEnded }) => !hasEnded).map((program) => program.kill()));
    const operator = this.operator({ kubeconfig });
    await team.kubectl.run('delete', 'conversations', '--all', '--timeout=120s');
    await operator.stop();
    await Promise.all(this.wires.map((wire) => wire.close()));
    await kubeflow.stop();
    await bucket.remove();
    await team.remove();
    api.close();
  }

  operator(orders: Omit<Orders, 'worldUrl' | 'namespace'>): Program {
    const { team } = this.#parts;
    const complete: Orders = { hurry: this.hurry, ...orders, namespace: team.name };
    const environment = { [ordersVariable]: JSON.stringify(complete), NODE_ENV: 'test' };
    const program = new Program({ script: operatorScript, environment });
    this.#operators.push(program);
    return program;
  }

  converse(conversation: ScriptedConversation): Promise<void> {
    return this.#messages.converse(conversation);
  }

  async attend(): Promise<boolean> {
    const turns = await this.#messages.turns();
    await this.#messages.approve(turns);
    return this.#messages.areAnswered(turns);
  }

  /** Executions of runs that Kubeflow Pipelines knows, and then the others. */
  async executions(): Promise<{ readonly known: readonly Execution[]; readonly stray: readonly Execution[] }> {
    const [rows, all] = await Promise.all([this.kubeflow.runs(), this.#workflows()]);
    const known = new Set(rows.map(({ id }) => id));
    return {
      known: all.filter(({ runId }) => known.has(runId)),
      stray: all.filter(({ runId }) => !known.has(runId)),
    };
  }

  /** What Kubeflow Pipelines, the cluster and the object store have, against what the journals decided. */
  async verdict(): Promise<Verdict> {
    const { kubeflow, bucket } = this.#parts;
    await this.#straysGone();
    const [turns, rows, workflows, schedules, versions] = await Promise.all([
      this.#messages.turns(),
      kubeflow.runs(),
      this.#workflows(),
      kubeflow.schedules(),
      bucket.versions(),
    ]);
    // A row without execution is no run; one with two is two.
    const runs = workflows.map(({ name, runId }): HeldRun => {
      const { parameters = {} } = rows.find(({ id }) => id === runId) ?? {};
      return { metadata: { name }, spec: { params: entriesOf(parameters) } };
    });
    const applied = [
      ...schedules.map(({ id, parameters: { item = '', value = '' } }) => made({ key: id, item, value })),
      ...versions.map(({ key, content }, index) => made({ key: `${key} ${index}`, item: key, value: content })),
    ];
    const verdict = judge({ texts: this.#messages.texts, turns, runs, applied });
    const rest = [...strays(rows.length, workflows.length), ...this.wires.flatMap(repeats)];
    return { ...verdict, duplicated: [...verdict.duplicated, ...rest] };
  }

  /** Kubeflow Pipelines clears executions away that it does not know, after a while. */
  async #straysGone(): Promise<void> {
    await waitFor('no execution is without a row', async () => (await this.executions()).stray.length === 0, {
      withinMs: 30_000 + 120_000 / this.hurry,
    }).catch(() => undefined); // the verdict says so
  }

  async #workflows(): Promise<readonly Execution[]> {
    const { api, team } = this.#parts;
    const path = `/apis/argoproj.io/v1alpha1/namespaces/${team.name}/workflows`;
    const { items } = await api.must<{ items: readonly WorkflowObject[] }>('GET', path);
    return items.map(({ metadata: { name, labels } }) => ({ name, runId: labels?.[runLabel] ?? '' }));
  }
}

const entriesOf = (parameters: Readonly<Record<string, string>>) =>
  Object.entries(parameters).map(([name, value]) => ({ name, value }));

function made(what: Pick<Asked, 'key' | 'item' | 'value'>): Asked {
  return { receiver: 'named', digest: '', ...what };
}

function strays(rows: number, workflows: number): readonly string[] {
  return rows === workflows ? [] : [`there are ${rows} runs with ${workflows} executions`];
}

/** Nothing is asked for again after the operator was told that it is done. */
function repeats({ crossings }: Wire): readonly string[] {
  const told = crossings.filter(({ effect, status, answeredAtMs }) => effect && status === 200 && answeredAtMs);
  return told.flatMap(({ effect = '', answeredAtMs = 0 }) => {
    const later = crossings.filter((crossing) => crossing.effect === effect && crossing.arrivedAtMs > answeredAtMs);
    return later.map(({ method }) => `${effect} was asked for again (${method}) after it was answered`);
  });
}

interface Places {
  readonly kfp: string;
  readonly objectStore: string;
  readonly bucket: string;
}

/** What an administrator gives the team: a Secret for the object store, and where everything is. */
function settings({ kfp, objectStore: endpoint, bucket }: Places, store: ObjectStoreAccess) {
  const { accessKeyId, secretAccessKey } = store;
  const annotations = { 'swarm.mlops.dev/allowed-hosts': new URL(endpoint).hostname };
  const secretRef = { name: 'swarm-object-store' };
  return [
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { ...secretRef, annotations },
      stringData: { accessKeyId, secretAccessKey },
    },
    {
      apiVersion: 'swarm.mlops.dev/v1alpha1',
      kind: 'SwarmConfig',
      metadata: { name: 'default' },
      spec: {
        backends: { kfp: { url: kfp, auth: 'None' }, objectStore: { endpoint, secretRef } },
        policy: { buckets: [bucket] },
      },
    },
  ];
}
