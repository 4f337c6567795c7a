#!/usr/bin/env node
/** The program `kubectl-swarm`, which kubectl calls as `kubectl swarm`. */
import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Interrupts } from './session/interrupts.ts';

void start();

// Not awaited at the top of the file: the single executable is CommonJS, which knows no such thing.
async function start(): Promise<void> {
  // What was compiled once need not be compiled again: it halves the start. A folder of one's own, because code comes from it.
  enableCompileCache(join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'kubectl-swarm'));
  const { runProgram } = await import('./run-program.ts');
  const { Interrupts } = await import('./session/interrupts.ts');

  const interrupts = new Interrupts();
  listenForSignals(interrupts);
  // Whoever reads the output has seen enough: kubectl swarm ls | head -1.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });

  const { stdin, stdout, stderr, env: environment } = process;
  const exitCode = await runProgram(process.argv.slice(2), {
    shell: { stdin, stdout, stderr, environment },
    interrupts,
  });
  // Idle connections would keep the process for a while.
  stdout.write('', () => process.exit(exitCode));
}

function listenForSignals(interrupts: Interrupts): void {
  process.on('SIGINT', () => {
    interrupts.interrupt();
  });
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      interrupts.terminate();
    });
  }
}
