/**
 * Records docs/chat.cast (asciinema, format 2) by chatting in a pseudo-terminal, with the program as it is shipped.
 *
 *   make demo                        a cluster and an operator to talk to
 *   node hack/record-cast.ts         KUBECONFIG, or the kubeconfig of the demo
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { keys, TerminalUnderTest } from '../test/e2e/cli/terminal-under-test.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({
  options: {
    out: { type: 'string', default: `${root}docs/chat.cast` },
    namespace: { type: 'string', short: 'n', default: 'churn-team' },
    kubeconfig: { type: 'string' },
    columns: { type: 'string', default: '92' },
    rows: { type: 'string', default: '28' },
  },
});

/** What a person types, and what is waited for before the next line. */
interface Line {
  readonly type: string;
  readonly until: RegExp;
  /** Time to read what came. */
  readonly pauseMs?: number;
}

const answered = (count: number) => new RegExp(`(?:[^]*model calls?){${count}}[^]*›\\s*$`);
const lines: readonly Line[] = [
  { type: 'Which pipelines can I run?', until: answered(1), pauseMs: 1_500 },
  {
    type: 'Run the pipeline churn-train with epochs 60, wait for it and tell me the accuracy.',
    until: /Allow it\?[^\n]*$/,
    pauseMs: 2_500,
  },
  { type: 'y', until: answered(2), pauseMs: 2_500 },
  { type: '/plot loss', until: /plot loss[^]*›\s*$/, pauseMs: 2_500 },
  { type: '/yaml', until: /kind: Conversation[^]*›\s*$/, pauseMs: 2_000 },
];

/** No pause of the recording is longer, however long the real one was. */
const longestPauseMs = 1_200;
const perKeyMs = 45;

/** What must not get into a recording: names of this machine and of who works on it. */
function refuseTraces(text: string): void {
  const { HOME = '', USER = '', HOSTNAME = '' } = process.env;
  const traces = [root, HOME, HOSTNAME, join(tmpdir(), 'swarm')].filter((trace) => trace.length > 3);
  for (const trace of USER.length > 4 ? [...traces, USER] : traces) {
    if (text.includes(trace)) throw new Error(`the recording would show ${trace}`);
  }
}

async function record(): Promise<void> {
  const kubeconfig = values.kubeconfig ?? process.env['KUBECONFIG'] ?? demoKubeconfig();
  const started = performance.now();
  const events: { readonly atMs: number; readonly text: string }[] = [];
  const terminal = new TerminalUnderTest({
    program: `${root}bin/kubectl-swarm`,
    args: ['chat', '-n', values.namespace],
    columns: Number(values.columns),
    rows: Number(values.rows),
    environment: { KUBECONFIG: kubeconfig, XDG_STATE_HOME: mkdtempSync(join(tmpdir(), 'cast-')), HOME: tmpdir() },
    onOutput: (text) => events.push({ atMs: performance.now() - started, text }),
  });
  try {
    await terminal.see(/›\s*$/);
    for (const { type, until, pauseMs = 1_000 } of lines) {
      for (const character of type) {
        terminal.type(character);
        await sleep(perKeyMs);
      }
      const before = terminal.text;
      terminal.type(keys.enter);
      await terminal.until(`it shows ${String(until)}`, (text) => text !== before && until.test(text), 240_000);
      await sleep(pauseMs);
    }
    terminal.type(keys.ctrlD);
    await terminal.exit;
  } finally {
    await terminal.close();
  }
  refuseTraces(events.map(({ text }) => text).join(''));
  writeFileSync(values.out, castOf(events));
  console.log(`wrote ${values.out}: ${events.length} events`);
}

function castOf(events: readonly { readonly atMs: number; readonly text: string }[]): string {
  const header = {
    version: 2,
    width: Number(values.columns),
    height: Number(values.rows),
    title: 'kubectl swarm chat',
    env: { TERM: 'xterm-256color' },
  };
  let nowMs = 0;
  let lastMs = events[0]?.atMs ?? 0;
  const told = events.map(({ atMs, text }) => {
    nowMs += Math.min(longestPauseMs, atMs - lastMs);
    lastMs = atMs;
    return [Number((nowMs / 1_000).toFixed(3)), 'o', text];
  });
  return [header, ...told].map((line) => `${JSON.stringify(line)}\n`).join('');
}

function demoKubeconfig(): string {
  const environment = { ...process.env, SWARM_TEST_BED: process.env['SWARM_TEST_BED'] ?? 'demo' };
  return execFileSync(`${root}hack/test-bed/test-bed.sh`, ['kubeconfig'], {
    env: environment,
    encoding: 'utf8',
  }).trim();
}

await record();
