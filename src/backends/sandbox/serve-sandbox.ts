import { writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { outOfMemorySignal, RefusedInSandboxError, type Answer, type Question } from './protocol.ts';

const memoryCheckMs = 25;

/** The other side of `startSandbox`: answers questions one after the other until the operator hangs up. */
export function serveSandbox(answer: (question: object) => Promise<unknown>): void {
  yieldToOthers();
  watchMemory(Number(process.argv[2]));
  let last = Promise.resolve();
  process.on('message', (message) => {
    const { id, question } = message as Question;
    last = last.then(async () => {
      process.send?.(await answerTo(id, () => answer(question)));
    });
  });
  process.once('disconnect', () => {
    process.kill(process.pid, 'SIGKILL');
  });
}

async function answerTo(id: number, work: () => Promise<unknown>): Promise<Answer> {
  try {
    return { id, kind: 'done', value: await work() };
  } catch (error) {
    if (error instanceof RefusedInSandboxError)
      return { id, kind: 'refused', code: error.code, message: error.message, hint: error.hint };
    return { id, kind: 'failed', stack: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/** Other turns go first, and when the machine runs out of memory this process is the one to give up. */
function yieldToOthers(): void {
  setPriority(10);
  try {
    writeFileSync('/proc/self/oom_score_adj', '1000');
  } catch {
    // Only Linux has it, and a hardened container may have it read-only: then all processes are equal.
  }
}

/** Libraries count only part of what they use. The kernel's figure counts all of it. */
function watchMemory(memoryBytes: number): void {
  setInterval(() => {
    if (process.memoryUsage.rss() > memoryBytes) process.kill(process.pid, outOfMemorySignal);
  }, memoryCheckMs).unref();
}
