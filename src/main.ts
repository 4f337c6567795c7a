import { startSwarm } from './compose/start-swarm.ts';
import { helpText, readConfig } from './config.ts';
import { TerminalError } from './base/errors.ts';

const exitCodes = { stopped: 0, failed: 1, usage: 2 } as const;

try {
  await main(process.argv.slice(2));
} catch (error) {
  // What a person can put right is one sentence; anything else is a mistake of ours and needs its stack.
  if (!(error instanceof TerminalError)) throw error;
  console.error(`swarm: ${error.message}`);
  process.exitCode = error.reason === 'InvalidConfig' ? exitCodes.usage : exitCodes.failed;
}

async function main(args: readonly string[]): Promise<void> {
  if (args.includes('--help')) {
    process.stdout.write(helpText());
    return;
  }
  const swarm = await startSwarm(readConfig(args, process.env));

  let isStopping = false;
  const stop = () => {
    // The second signal is from somebody who does not want to wait.
    if (isStopping) process.exit(exitCodes.failed);
    isStopping = true;
    void swarm.stop().then(() => process.exit(exitCodes.stopped));
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
  void swarm.lost.then(() => {
    if (!isStopping) process.exit(exitCodes.failed);
  });
}
