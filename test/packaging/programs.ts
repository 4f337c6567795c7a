import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../support/test-cluster.ts';

export const chart = join(projectRoot, 'charts/swarm');

/** What a program wrote, whatever its exit code. */
export interface Ran {
  readonly code: number;
  readonly output: string;
  readonly complaints: string;
}

export function run(program: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ran> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, ...environment }, maxBuffer: 64e6 };
    const child = execFile(program, args, options, (error, output, complaints) => {
      const code = typeof error?.code === 'number' ? error.code : error === null ? 0 : 1;
      resolve({ code, output, complaints: error !== null && complaints === '' ? error.message : complaints });
    });
    // Nothing comes by its standard input.
    child.stdin?.end();
  });
}

/** @throws Error with what the program complained of. */
export async function must(program: string, args: readonly string[], environment?: NodeJS.ProcessEnv): Promise<Ran> {
  const ran = await run(program, args, environment);
  if (ran.code !== 0) throw new Error(`${program} ${args.join(' ')}: ${ran.complaints.trim()}\n${ran.output.trim()}`);
  return ran;
}

/** A command of the test bed whose answer is one line. */
export function testBed(...command: readonly string[]): string {
  const environment = { ...process.env, SWARM_TEST_BED: process.env['SWARM_TEST_BED'] ?? 'test' };
  const program = join(projectRoot, 'hack/test-bed/test-bed.sh');
  return execFileSync(program, command, {
    env: environment,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  }).trim();
}

/** Helm with folders of its own, so that nobody's repositories and plugins take part. */
export class Helm {
  readonly #program: string;
  readonly #environment: NodeJS.ProcessEnv;

  constructor(version: 'helm3' | 'helm4', kubeconfig?: string) {
    this.#program = testBed('tool', version);
    const home = mkdtempSync(join(tmpdir(), 'swarm-helm-'));
    this.#environment = {
      ...(kubeconfig !== undefined && { KUBECONFIG: kubeconfig }),
      HELM_CACHE_HOME: home,
      HELM_CONFIG_HOME: home,
      HELM_DATA_HOME: home,
    };
  }

  run(...args: readonly string[]): Promise<Ran> {
    return run(this.#program, args, this.#environment);
  }

  must(...args: readonly string[]): Promise<Ran> {
    return must(this.#program, args, this.#environment);
  }

  async template(...args: readonly string[]): Promise<string> {
    // The oldest that the chart allows; without a cluster Helm 3 takes an even older one for granted.
    const common = ['--namespace', 'swarm-system', '--kube-version', '1.30.0'];
    return (await this.must('template', 'swarm', chart, ...common, ...args)).output;
  }
}
