import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FaultProxy } from './fault-proxy.ts';
import { Program, type Exit } from './program.ts';
import { projectRoot, type TestCluster } from './test-cluster.ts';
import { waitFor } from './wait-for.ts';

export interface OperatorOptions {
  /** It serves this namespace and no other, so that suites do not meet. */
  readonly namespace: string;
  /** Its way to the API server; absent: straight. */
  readonly through?: FaultProxy;
  readonly maxConcurrentTurns?: number;
  /** It works only while it holds the Lease of this name. */
  readonly leaseName?: string;
  /** It tells readers of its streams where they find it, as an operator outside the cluster has to. */
  readonly advertisesStream?: boolean;
  /** More of its command line; what is said twice is taken from here. */
  readonly flags?: readonly string[];
}

/** The operator as it is shipped, as a process of its own, with the rights of its own ServiceAccount. */
export class OperatorUnderTest {
  readonly #program: Program;

  private constructor(program: Program) {
    this.#program = program;
  }

  static async start(cluster: TestCluster, options: OperatorOptions): Promise<OperatorUnderTest> {
    const health = `127.0.0.1:${await freePort()}`;
    const program = new Program({
      script: `${projectRoot}/src/main.ts`,
      args: [
        `--kubeconfig=${await operatorKubeconfig(cluster, options.through)}`,
        `--namespace=${options.namespace}`,
        `--health-address=${health}`,
        '--metrics-address=127.0.0.1:0',
        ...(await streamFlags(options)),
        '--allowed-hosts=127.0.0.1',
        ...(options.leaseName === undefined
          ? []
          : ['--leader-elect', `--lease-name=${options.leaseName}`, '--lease-duration=5s']),
        ...(options.maxConcurrentTurns === undefined ? [] : [`--max-concurrent-turns=${options.maxConcurrentTurns}`]),
        ...(options.flags ?? []),
      ],
    });
    await waitFor('the operator is ready', () => isReady(program, health), {
      withinMs: 60_000,
      everyMs: 50,
      explain: () => program.tail(),
    });
    return new OperatorUnderTest(program);
  }

  get pid(): number {
    return this.#program.pid;
  }

  get hasEnded(): boolean {
    return this.#program.hasEnded;
  }

  tail(): string {
    return this.#program.tail();
  }

  get exit(): Promise<Exit> {
    return this.#program.exit;
  }

  signal(name: NodeJS.Signals): void {
    this.#program.signal(name);
  }

  kill(): Promise<void> {
    return this.#program.kill();
  }

  stop(): Promise<Exit> {
    return this.#program.stop();
  }
}

/** Kinds and access rules, as an administrator installs them; done already where hack/run-tests.ts has made the bed. */
export async function installSwarm(cluster: TestCluster): Promise<void> {
  if (process.env['SWARM_TEST_INSTALLED'] !== 'yes') await reinstallSwarm(cluster);
}

/** Brings back whatever was taken out of the installation. */
export async function reinstallSwarm({ kubectl }: TestCluster): Promise<void> {
  for (const part of ['crd', 'rbac', 'admission']) {
    await kubectl.run('apply', '--server-side', '--force-conflicts', '-k', `${projectRoot}/config/${part}`);
  }
  await kubectl.run('wait', '--for=condition=Established', '--timeout=30s', '-f', `${projectRoot}/crds`);
}

async function isReady(program: Program, health: string): Promise<boolean> {
  if (program.hasEnded) return false;
  return (await fetch(`http://${health}/readyz`, { signal: AbortSignal.timeout(2_000) })).ok;
}

interface Kubeconfig {
  readonly users: readonly object[];
}

async function operatorKubeconfig({ kubectl }: TestCluster, through?: FaultProxy): Promise<string> {
  const token = (await kubectl.in('swarm-system').run('create', 'token', 'swarm-operator', '--duration=2h')).trim();
  if (through !== undefined) return through.writeKubeconfig(token);
  const config = JSON.parse(
    await kubectl.run('config', 'view', '--raw', '--minify', '--flatten', '-o', 'json'),
  ) as Kubeconfig;
  Object.assign(config.users[0] ?? {}, { user: { token } });
  const file = join(mkdtempSync(join(tmpdir(), 'swarm-operator-')), 'kubeconfig');
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  return file;
}

async function streamFlags({ advertisesStream = false }: OperatorOptions): Promise<readonly string[]> {
  if (!advertisesStream) return ['--stream-address=127.0.0.1:0'];
  const address = `127.0.0.1:${await freePort()}`;
  return [`--stream-address=${address}`, `--stream-url=https://${address}`];
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
