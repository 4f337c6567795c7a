import { spawn } from 'node:child_process';
import { type TestCluster, projectRoot } from '../../support/test-cluster.ts';

export interface PluginRun {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface PluginCall {
  readonly args: readonly string[];
  /** What comes by a pipe; nothing when absent. */
  readonly input?: string;
  /** In place of the namespace of the tests. */
  readonly namespace?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Sent as soon as the standard error shows this. */
  readonly interruptOn?: RegExp;
}

/** `kubectl swarm` as a script calls it: no terminal, and with the kubeconfig of an administrator. */
export class PluginUnderTest {
  readonly #cluster: TestCluster;
  readonly #namespace: string;

  constructor(cluster: TestCluster, namespace: string) {
    this.#cluster = cluster;
    this.#namespace = namespace;
  }

  swarm(...args: readonly string[]): Promise<PluginRun> {
    return this.call({ args });
  }

  call({
    args,
    input = '',
    namespace = this.#namespace,
    environment = {},
    interruptOn,
  }: PluginCall): Promise<PluginRun> {
    // A line that is being completed ends where it ends.
    const words = args[0] === '__complete' ? args : [...args, '--namespace', namespace];
    const child = spawn(`${projectRoot}/bin/kubectl-swarm`, words, {
      env: { ...process.env, KUBECONFIG: this.#cluster.kubeconfig, LC_ALL: 'C.UTF-8', ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    return new Promise((resolve, reject) => {
      let [stdout, stderr] = ['', ''];
      let isInterrupted = false;
      child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
        if (isInterrupted || interruptOn?.test(stderr) !== true) return;
        isInterrupted = true;
        child.kill('SIGINT');
      });
      child.on('error', reject);
      child.on('close', (exitCode) => {
        resolve({ exitCode, stdout, stderr });
      });
      child.stdin.on('error', () => undefined); // it may end before it has read everything
      child.stdin.end(input);
    });
  }
}
