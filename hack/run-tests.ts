// Runs the suites named on the command line (all but gitops by default) and ends with one line: "N passed, N failed".
// Suites that need a cluster get one of their own, made for this run and taken away afterwards; a bed that already runs
// is used as it is and left running.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { reinstallSwarm } from '../test/support/operator-under-test.ts';
import { testCluster } from '../test/support/test-cluster.ts';

interface Counts {
  readonly passed: number;
  readonly failed: number;
  /** What failed and how, a line each; said again at the end, where it is looked for. */
  readonly failures: readonly string[];
}

/** What we read of Vitest's JSON report, which follows Jest's. */
interface Report {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

const suites = ['unit', 'integration', 'faults', 'e2e', 'packaging', 'gitops'] as const;
type Suite = (typeof suites)[number];

/**
 * What shares a cluster, in stages one after the other. The lanes of a stage run side by side, the suites of a lane one
 * after the other: `faults` takes rules out of a kind that `integration` looks at, `packaging` installs and removes all.
 */
const stages: readonly (readonly (readonly Suite[])[])[] = [
  [['integration', 'faults'], ['e2e']],
  [['packaging']],
  [['gitops']],
];
const byDefault = suites.filter((suite) => suite !== 'gitops');

const testBed = 'hack/test-bed/test-bed.sh';
const servicesOf = (suite: Suite) => (suite === 'gitops' ? ['argocd'] : ['minio', 'versitygw', 'elasticsearch']);
const reports = '.reports';

const { positionals } = parseArgs({ allowPositionals: true });
const unknown = positionals.filter((name) => !suites.includes(name as Suite));
if (unknown.length > 0) {
  console.error(`unknown suite ${unknown.join(', ')}; there are: ${suites.join(', ')}`);
  process.exit(2);
}
process.exitCode = await runAll(positionals.length > 0 ? (positionals as Suite[]) : byDefault);

async function runAll(wanted: readonly Suite[]): Promise<number> {
  rmSync(reports, { recursive: true, force: true });
  mkdirSync(reports);
  const shared = wanted.filter((suite) => suite !== 'unit');
  const results = await Promise.all([
    wanted.includes('unit') ? runSuite('unit', process.env) : [],
    shared.length > 0 ? withCluster(shared) : [],
  ]);
  return report(results.flat());
}

function report(results: readonly Counts[]): number {
  const passed = results.reduce((sum, counts) => sum + counts.passed, 0);
  const failed = results.reduce((sum, counts) => sum + counts.failed, 0);
  for (const failure of results.flatMap(({ failures }) => failures)) console.log(`FAILED ${failure}`);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

async function withCluster(wanted: readonly Suite[]): Promise<readonly Counts[]> {
  process.env['SWARM_TEST_BED'] ??= 'test';
  const services = [...new Set(wanted.flatMap(servicesOf))].join(',');
  const wasRunning = (await run([testBed, 'status'], { silent: true })) === 0;
  try {
    const begin = wasRunning ? ['services', services] : ['up', '--fresh', '--with', services];
    if ((await run([testBed, ...begin])) !== 0) {
      return [oneFailure('the test bed did not come up; its messages are above')];
    }
    const kubeconfig = execFileSync(testBed, ['kubeconfig'], { encoding: 'utf8' }).trim();
    await reinstallSwarm(testCluster());
    return await onCluster(wanted, { ...process.env, SWARM_TEST_KUBECONFIG: kubeconfig, SWARM_TEST_INSTALLED: 'yes' });
  } finally {
    if (!wasRunning) await run([testBed, 'down', '--purge']);
  }
}

async function onCluster(wanted: readonly Suite[], environment: NodeJS.ProcessEnv): Promise<readonly Counts[]> {
  const results: Counts[] = [];
  for (const lanes of stages) {
    const runLane = async (lane: readonly Suite[]) => {
      for (const suite of lane) if (wanted.includes(suite)) results.push(...(await runSuite(suite, environment)));
    };
    await Promise.all(lanes.map(runLane));
  }
  return results;
}

/** A suite that ends badly without a failed test (no report, a file that does not load) still counts as failed. */
async function runSuite(suite: Suite, environment: NodeJS.ProcessEnv): Promise<readonly Counts[]> {
  const since = performance.now();
  const file = `${reports}/${suite}.json`;
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile=${file}`];
  const vitest = ['vitest', 'run', '--project', suite, ...reporters];
  const code = await run(suite === 'unit' ? vitest : [testBed, 'exec', '--', ...vitest], {
    environment,
    label: suite,
  });
  const counts = countsOf(suite, file, code);
  const seconds = Math.round((performance.now() - since) / 1000);
  console.log(`${suite}: ${counts.passed} passed, ${counts.failed} failed in ${seconds} s`);
  return [counts];
}

function countsOf(suite: Suite, file: string, code: number): Counts {
  let report: Report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8')) as Report;
  } catch {
    return oneFailure(`${suite}: no report was written`);
  }
  const failures = report.testResults.flatMap(({ status, name, message, assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === 'failed');
    const notLoaded = status === 'failed' && assertionResults.length === 0;
    if (notLoaded) return [`${suite}: ${name} does not load: ${firstLine(message)}`];
    return failed.map((test) => `${suite}: ${test.fullName}: ${firstLine(test.failureMessages[0] ?? '')}`);
  });
  if (failures.length === 0 && code !== 0) failures.push(`${suite}: ended with exit code ${code}`);
  return { passed: report.numPassedTests, failed: failures.length, failures };
}

function oneFailure(failure: string): Counts {
  return { passed: 0, failed: 1, failures: [failure] };
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]?.slice(0, 300) ?? '';
}

interface Running {
  readonly environment?: NodeJS.ProcessEnv;
  /** What its lines begin with, for those that speak at the same time as others. */
  readonly label?: string;
  readonly silent?: boolean;
}

function run([program = '', ...rest]: readonly string[], { environment, label, silent }: Running = {}) {
  return new Promise<number>((resolve) => {
    const output = label === undefined ? 'inherit' : 'pipe';
    const child = spawn(program, rest, {
      stdio: ['ignore', ...(silent ? (['ignore', 'ignore'] as const) : ([output, output] as const))],
      env: environment ?? process.env,
    });
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface(stream).on('line', (line) => {
        if (line !== '') console.log(`${label}: ${line}`);
      });
    }
    child.on('error', (error) => {
      console.error(`could not start ${program}: ${error.message}`);
      resolve(127);
    });
    child.on('close', (exitCode, signal) => {
      resolve(exitCode ?? (signal === null ? 1 : 130));
    });
  });
}
