// Runs the suites named on the command line (all by default) and ends with one line: "N passed, N failed".
// Suites that need a cluster get one of their own, made for this run and taken away afterwards; a bed that already runs
// is used as it is and left running.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { parseArgs } from 'node:util';

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

const suites = ['unit', 'integration', 'faults', 'e2e'] as const;
type Suite = (typeof suites)[number];
const testBed = 'hack/test-bed/test-bed.sh';
const services = 'minio,versitygw,elasticsearch';
const reports = '.reports';

const { positionals } = parseArgs({ allowPositionals: true });
const unknown = positionals.filter((name) => !suites.includes(name as Suite));
if (unknown.length > 0) {
  console.error(`unknown suite ${unknown.join(', ')}; there are: ${suites.join(', ')}`);
  process.exit(2);
}
process.exitCode = await runAll(positionals.length > 0 ? (positionals as Suite[]) : suites);

async function runAll(wanted: readonly Suite[]): Promise<number> {
  rmSync(reports, { recursive: true, force: true });
  mkdirSync(reports);
  const results: Counts[] = [];
  if (wanted.includes('unit')) results.push(await runSuite('unit', process.env));
  const onCluster = wanted.filter((suite) => suite !== 'unit');
  if (onCluster.length > 0) results.push(...(await withCluster(onCluster)));

  const passed = results.reduce((sum, counts) => sum + counts.passed, 0);
  const failed = results.reduce((sum, counts) => sum + counts.failed, 0);
  for (const failure of results.flatMap(({ failures }) => failures)) console.log(`FAILED ${failure}`);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

async function withCluster(wanted: readonly Suite[]): Promise<Counts[]> {
  const environment = { ...process.env, SWARM_TEST_BED: process.env['SWARM_TEST_BED'] ?? 'test' };
  const wasRunning = (await run([testBed, 'status'], environment, 'ignore')) === 0;
  try {
    const begin = wasRunning ? ['services', services] : ['up', '--fresh', '--with', services];
    if ((await run([testBed, ...begin], environment)) !== 0) {
      return [oneFailure('the test bed did not come up; its messages are above')];
    }
    const kubeconfig = execFileSync(testBed, ['kubeconfig'], { env: environment, encoding: 'utf8' }).trim();
    const results: Counts[] = [];
    for (const suite of wanted) {
      results.push(await runSuite(suite, { ...environment, SWARM_TEST_KUBECONFIG: kubeconfig }));
    }
    return results;
  } finally {
    if (!wasRunning) await run([testBed, 'down', '--purge'], environment);
  }
}

/** A suite that ends badly without a failed test (no report, a file that does not load) still counts as failed. */
async function runSuite(suite: Suite, environment: NodeJS.ProcessEnv): Promise<Counts> {
  console.log(`\n== ${suite} ==`);
  const since = performance.now();
  const report = `${reports}/${suite}.json`;
  const vitest = [
    'vitest',
    'run',
    '--project',
    suite,
    '--reporter=default',
    '--reporter=json',
    `--outputFile=${report}`,
  ];
  const code = await run(suite === 'unit' ? vitest : [testBed, 'exec', '--', ...vitest], environment);
  const counts = countsOf(suite, report, code);
  const seconds = Math.round((performance.now() - since) / 1000);
  console.log(`${suite}: ${counts.passed} passed, ${counts.failed} failed in ${seconds} s`);
  return counts;
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

function run(
  [program = '', ...rest]: readonly string[],
  environment: NodeJS.ProcessEnv,
  output: 'inherit' | 'ignore' = 'inherit',
): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(program, rest, { stdio: ['ignore', output, output], env: environment });
    child.on('error', (error) => {
      console.error(`could not start ${program}: ${error.message}`);
      resolve(127);
    });
    child.on('exit', (exitCode, signal) => {
      resolve(exitCode ?? (signal === null ? 1 : 130));
    });
  });
}
