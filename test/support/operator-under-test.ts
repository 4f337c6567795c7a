import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Program, type Exit } from './program.ts';
import { projectRoot, type TestCluster } from './test-cluster.ts';
import { waitFor } from './wait-for.ts';

export interface OperatorOptions {
  /** Of another way to the API server, for example through a fault proxy; default straight. */
  readonly server?: string;
  readonly maxConcurrentTurns?: number;
}

/** The operator as it is shipped, as a process of its own, with the rights of its own ServiceAccount. */
export class OperatorUnderTest {
  readonly #program: Program;

  private constructor(program: Program) {
    this.#program = program;
  }

  static async start(cluster: TestCluster, options: OperatorOptions = {}): Promise<OperatorUnderTest> {
    await installSwarm(cluster);
    const kubeconfig = await operatorKubeconfig(cluster, options.server);
    throw new Error(`not yet: ${kubeconfig} ${projectRoot}`);
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

  kill(): Promise<void> {
    return this.#program.kill();
  }

  stop(): Promise<Exit> {
    return this.#program.stop();
  }
}

/** Kinds and access rules, as an administrator installs them. */
export async function installSwarm({ kubectl }: TestCluster): Promise<void> {
  await kubectl.run('apply', '--server-side', '--force-conflicts', '-f', `${projectRoot}/crds`);
  await kubectl.run('wait', '--for=condition=Established', '--timeout=30s', '-f', `${projectRoot}/crds`);
  await kubectl.run('apply', '-k', `${projectRoot}/config/rbac`);
}

interface Kubeconfig {
  readonly clusters: readonly { readonly cluster: Record<string, unknown> }[];
  readonly users: readonly object[];
}

async function operatorKubeconfig({ kubectl }: TestCluster, server?: string): Promise<string> {
  const token = await kubectl.in('swarm-system').run('create', 'token', 'swarm-operator', '--duration=2h');
  const config = JSON.parse(
    await kubectl.run('config', 'view', '--raw', '--minify', '--flatten', '-o', 'json'),
  ) as Kubeconfig;
  Object.assign(config.users[0] ?? {}, { user: { token: token.trim() } });
  Object.assign(config.clusters[0]?.cluster ?? {}, server === undefined ? {} : { server });
  const file = join(mkdtempSync(join(tmpdir(), 'swarm-operator-')), 'kubeconfig');
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  return file;
}
