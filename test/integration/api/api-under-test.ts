import { randomBytes } from 'node:crypto';
import { kinds } from '../../../src/api/group.ts';
import { ApiConnection } from '../../support/api-connection.ts';
import type { Kubectl } from '../../support/kubectl.ts';
import { installSwarm } from '../../support/operator-under-test.ts';
import { testCluster } from '../../support/test-cluster.ts';

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec?: unknown;
  readonly status?: unknown;
}

/** What the API server answers when it refuses something. */
export interface Refusal {
  readonly message: string;
  readonly reason: string;
}

/** Our kinds in a real API server, and a namespace of one's own. */
export class ApiUnderTest {
  readonly kubectl: Kubectl;
  readonly connection: ApiConnection;
  readonly namespace: string;
  /** Without a namespace. */
  readonly cluster: Kubectl;

  private constructor(cluster: Kubectl, connection: ApiConnection, namespace: string) {
    this.cluster = cluster;
    this.connection = connection;
    this.namespace = namespace;
    this.kubectl = cluster.in(namespace);
  }

  static async start(): Promise<ApiUnderTest> {
    const cluster = testCluster();
    const { kubeconfig, kubectl } = cluster;
    await installSwarm(cluster);
    const namespace = `api-${randomBytes(3).toString('hex')}`;
    await kubectl.run('create', 'namespace', namespace);
    return new ApiUnderTest(kubectl, new ApiConnection(kubeconfig, 4), namespace);
  }

  async stop(): Promise<void> {
    this.connection.close();
    await this.cluster.run('delete', 'namespace', this.namespace, '--wait=false');
  }

  /** Path of a kind's collection in the namespace, or of one object. */
  path(kind: string, name?: string): string {
    const type = Object.values(kinds).find((candidate) => candidate.kind === kind);
    if (type === undefined) throw new Error(`no kind of ours: ${kind}`);
    const collection = `/apis/${type.group}/${type.version}/namespaces/${this.namespace}/${type.plural}`;
    return name === undefined ? collection : `${collection}/${name}`;
  }

  create<T extends Manifest>(manifest: T): Promise<T> {
    return this.connection.must<T>('POST', this.path(manifest.kind), manifest);
  }

  /** As `kubectl apply --dry-run=server --validate=strict` asks. */
  tryOut(manifest: Manifest) {
    const path = `${this.path(manifest.kind)}?dryRun=All&fieldValidation=Strict`;
    return this.connection.send<Refusal>('POST', path, manifest);
  }

  replace(manifest: Manifest, subresource: '' | '/status' = '') {
    const path = this.path(manifest.kind, manifest.metadata.name) + subresource;
    return this.connection.send<Refusal>('PUT', path, manifest);
  }
}
