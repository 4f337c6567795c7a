import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync, mkdtempSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemRandom } from '../../../src/base/backoff.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { type ConnectionSettings } from '../../../src/kube/connection-settings.ts';
import { createUserClient, type UserClient } from '../../../src/kube/user-client.ts';
import { type TurnEvent } from '../../../src/streaming/turn-event.ts';
import { type Kubectl } from '../../support/kubectl.ts';
import { testCluster } from '../../support/test-cluster.ts';
import { waitFor } from '../../support/wait-for.ts';

/** Whether the bed has a node that runs pods: a fake one only says so. */
export async function podsRun(): Promise<boolean> {
  const nodes = await testCluster().kubectl.run('get', 'nodes', '-o', 'jsonpath={.items[*].metadata.annotations}');
  return !nodes.includes('kwok.x-k8s.io/node');
}

export interface StreamScript {
  readonly events: readonly TurnEvent[];
  readonly turn: string;
  readonly everyMs?: number;
  readonly cuts?: readonly number[];
}

export interface StreamPod {
  readonly pod: string;
  readonly namespace: string;
  readonly port: number;
  readonly certificateSHA256: string;
  readonly key: string;
}

/** A namespace with pods that really listen, and people with more rights and less. */
export class ClientStreamWorld {
  readonly namespace = `stream-client-${randomBytes(3).toString('hex')}`;
  readonly kubectl: Kubectl;
  readonly #kubeconfig: string;
  readonly #clients: UserClient[] = [];

  private constructor() {
    const { kubectl, kubeconfig } = testCluster();
    this.kubectl = kubectl.in(this.namespace);
    this.#kubeconfig = kubeconfig;
  }

  static async open(): Promise<ClientStreamWorld> {
    const world = new ClientStreamWorld();
    await world.kubectl.run('create', 'namespace', world.namespace);
    await waitFor('the default ServiceAccount exists', () => world.kubectl.exists('serviceaccount', 'default'), {
      withinMs: 30_000,
    });
    return world;
  }

  client(settings: Partial<ConnectionSettings> = {}): UserClient {
    const client = createUserClient({
      kubeconfig: this.#kubeconfig,
      clock: systemClock,
      random: systemRandom,
      userAgent: 'swarm-test',
      ...settings,
    });
    this.#clients.push(client);
    return client;
  }

  /** Somebody who may do in this namespace what the rules say, and nothing else. */
  async person(name: string, rules: readonly object[]): Promise<UserClient> {
    const role = { name, namespace: this.namespace };
    const items = [
      { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: role, rules },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: role,
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: `${this.namespace}:${name}` }],
      },
    ];
    await this.kubectl.apply({ apiVersion: 'v1', kind: 'List', items });
    return this.client({ impersonate: { user: name, groups: [`${this.namespace}:${name}`] } });
  }

  /** A pod with a scripted stream behind Service `swarm-stream`, ready to answer. */
  async streamPod({ events, turn, everyMs = 50, cuts = [] }: StreamScript): Promise<StreamPod> {
    const pod = `stream-${randomBytes(3).toString('hex')}`;
    const key = randomBytes(32).toString('base64url');
    const { certificate, privateKey, sha256 } = selfSigned();
    const path = `/v1/namespaces/${this.namespace}/turns/${turn}/events`;
    const script = {
      key,
      certificate,
      privateKey,
      path,
      events: events.map((event) => JSON.stringify(event)),
      everyMs,
      cuts,
    };
    const program = readFileSync(fileURLToPath(new URL('client-stream-server.ts', import.meta.url)), 'utf8');
    const items = [
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: pod }, data: { 'server.ts': program } },
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'swarm-stream' },
        spec: { selector: { app: pod }, ports: [{ name: 'stream', port: 443, targetPort: 8443 }] },
      },
      podOf({ pod, command: ['node', '/server/server.ts'], script: JSON.stringify(script) }),
    ];
    await this.kubectl.apply({ apiVersion: 'v1', kind: 'List', items });
    await this.kubectl.run('wait', '--for=condition=Ready', `pod/${pod}`, '--timeout=60s');
    await waitFor('the Service leads to the pod', () => this.#isBehindService(pod), { withinMs: 30_000 });
    return { pod, namespace: this.namespace, port: 8443, certificateSHA256: sha256, key };
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.close();
    await this.kubectl.run('delete', 'namespace', this.namespace, '--wait=false');
  }

  async #isBehindService(pod: string): Promise<boolean> {
    const slices = await this.kubectl.run(
      'get',
      'endpointslices',
      '-o',
      'json',
      '-l',
      'kubernetes.io/service-name=swarm-stream',
    );
    return slices.includes(`"name": "${pod}"`);
  }
}

function podOf({ pod, command, script }: { pod: string; command: readonly string[]; script: string }): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: pod, labels: { app: pod } },
    spec: {
      terminationGracePeriodSeconds: 0,
      volumes: [{ name: 'server', configMap: { name: pod } }],
      containers: [
        {
          name: 'server',
          image: 'swarm.test/node:24',
          imagePullPolicy: 'IfNotPresent',
          command,
          env: [{ name: 'STREAM_SCRIPT', value: script }],
          volumeMounts: [{ name: 'server', mountPath: '/server' }],
          readinessProbe: { httpGet: { scheme: 'HTTPS', port: 8443, path: '/healthz' }, periodSeconds: 1 },
        },
      ],
    },
  };
}

function selfSigned(): { certificate: string; privateKey: string; sha256: string } {
  const directory = mkdtempSync(join(tmpdir(), 'swarm-stream-'));
  const [keyFile, certificateFile] = [join(directory, 'key'), join(directory, 'certificate')];
  const subject = ['-subj', '/CN=swarm-stream', '-days', '1', '-keyout', keyFile, '-out', certificateFile];
  const options = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', ...subject];
  execFileSync('openssl', options, { stdio: 'ignore' });
  const certificate = readFileSync(certificateFile, 'utf8');
  const privateKey = readFileSync(keyFile, 'utf8');
  writeFileSync(keyFile, '');
  const sha256 = createHash('sha256').update(new X509Certificate(certificate).raw).digest('hex');
  return { certificate, privateKey, sha256 };
}
