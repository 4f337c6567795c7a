import { spawn } from 'node:child_process';

export interface KubectlSettings {
  readonly program: string;
  readonly kubeconfig: string;
  readonly namespace?: string;
}

/** What a user has: kubectl and a kubeconfig. */
export class Kubectl {
  readonly #settings: KubectlSettings;

  constructor(settings: KubectlSettings) {
    this.#settings = settings;
  }

  in(namespace: string): Kubectl {
    return new Kubectl({ ...this.#settings, namespace });
  }

  /** @throws Error with kubectl's own words when it fails. */
  run(...args: readonly string[]): Promise<string> {
    return this.#execute(args, '');
  }

  /** With this text on its standard input. */
  pipe(input: string, ...args: readonly string[]): Promise<string> {
    return this.#execute(args, input);
  }

  /** YAML text, or an object; with more of kubectl's flags where a test needs them. */
  apply(manifest: string | object, ...flags: readonly string[]): Promise<string> {
    return this.pipe(typeof manifest === 'string' ? manifest : JSON.stringify(manifest), 'apply', '-f', '-', ...flags);
  }

  async get<T>(resource: string, name: string): Promise<T> {
    return JSON.parse(await this.run('get', resource, name, '-o', 'json')) as T;
  }

  async list<T>(resource: string, ...args: readonly string[]): Promise<readonly T[]> {
    return (JSON.parse(await this.run('get', resource, '-o', 'json', ...args)) as { items: T[] }).items;
  }

  /** False when the object is not there; other failures are thrown. */
  async exists(resource: string, name: string): Promise<boolean> {
    return (await this.run('get', resource, name, '--ignore-not-found', '-o', 'name')).trim() !== '';
  }

  #execute(args: readonly string[], input: string): Promise<string> {
    const { program, kubeconfig, namespace } = this.#settings;
    const common = ['--kubeconfig', kubeconfig, ...(namespace === undefined ? [] : ['--namespace', namespace])];
    const child = spawn(program, [...common, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
    return new Promise((resolve, reject) => {
      const output: string[] = [];
      const complaints: string[] = [];
      child.stdout.setEncoding('utf8').on('data', (text: string) => output.push(text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => complaints.push(text));
      child.on('error', reject);
      child.on('close', (code) => {
        if (code === 0) resolve(output.join(''));
        else reject(new Error(`kubectl ${args.join(' ')}: ${complaints.join('').trim()}`));
      });
      child.stdin.on('error', () => undefined); // kubectl may end before it has read everything; its exit code tells
      child.stdin.end(input);
    });
  }
}
