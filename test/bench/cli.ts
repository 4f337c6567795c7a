/**
 * How long `kubectl swarm` takes to start, as the npm package's bundle and as the single executable.
 * node test/bench/cli.ts [--runs 15]; build them first: node hack/package-plugin.ts
 * With KUBECONFIG and a namespace (--namespace) also until a chat shows its prompt.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { TerminalUnderTest } from '../e2e/cli/terminal-under-test.ts';
import { quantile } from './statistics.ts';

const { runs = '15', namespace } = parseArgs({
  options: { runs: { type: 'string' }, namespace: { type: 'string' } },
}).values;
const folder = mkdtempSync(join(tmpdir(), 'kubectl-swarm-bench-'));
const node = process.execPath;
const programs: Record<string, readonly string[]> = {
  'bundle (npm)': [node, 'dist/cli/kubectl-swarm.mjs'],
  ...executable(),
  'empty Node program': [node, '--eval', ''],
};
const commands = [['--help'], ['version'], ['__complete', 'sho']];

console.log('| program | command | p50, ms | p95, ms |\n| --- | --- | --- | --- |');
for (const [name, [program = '', ...before]] of Object.entries(programs)) {
  for (const command of name.startsWith('empty') ? [[]] : commands) {
    const times = Array.from({ length: Number(runs) + 1 }, () => timed(program, [...before, ...command])).slice(1);
    print(name, command.join(' '), times);
  }
  if (namespace === undefined || name.startsWith('empty')) continue;
  const times = [];
  for (let run = 0; run <= Number(runs); run++) times.push(await promptTime(program, before));
  print(name, 'chat, until its prompt', times.slice(1));
}
rmSync(folder, { recursive: true });

function executable(): Record<string, readonly string[]> {
  const release = 'dist/release';
  const archive = existsSync(release) && readdirSync(release).find((name) => name.includes(`_${process.platform}_`));
  if (!archive) return {};
  spawnSync('tar', ['--extract', '--file', join(release, archive), '--directory', folder]);
  return { 'single executable': [join(folder, 'kubectl-swarm')] };
}

function print(name: string, what: string, times: readonly number[]): void {
  console.log(`| ${name} | ${what} | ${Math.round(quantile(times, 0.5))} | ${Math.round(quantile(times, 0.95))} |`);
}

async function promptTime(program: string, before: readonly string[]): Promise<number> {
  const environment = { KUBECONFIG: process.env['KUBECONFIG'] ?? '', XDG_CACHE_HOME: folder, XDG_STATE_HOME: folder };
  const since = performance.now();
  const args = [...before, 'chat', '--namespace', namespace ?? ''];
  const terminal = new TerminalUnderTest({ program, args, columns: 80, environment });
  await terminal.see(/^›\s*$/m);
  const elapsedMs = performance.now() - since;
  terminal.enter('/quit');
  await terminal.close();
  return elapsedMs;
}

function timed(program: string, args: readonly string[]): number {
  const since = performance.now();
  const { status, stderr } = spawnSync(program, args, {
    encoding: 'utf8',
    env: { ...process.env, XDG_CACHE_HOME: folder },
  });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}: ${stderr}`);
  return performance.now() - since;
}
