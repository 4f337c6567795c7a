import { kinds } from '../../api/group.ts';
import { type ExitCode, exitCodes } from '../session/exit-codes.ts';
import { type CommandHandler, type Invocation } from '../session/invocation.ts';
import { version } from '../version.ts';

interface VersionOptions {
  readonly server?: boolean;
  readonly output: 'text' | 'json' | 'yaml';
}

export const runVersion: CommandHandler<VersionOptions> = async (invocation, _words, options): Promise<ExitCode> => {
  const facts = {
    plugin: version,
    api: `${kinds.turn.group}/${kinds.turn.version}`,
    node: process.versions.node,
    ...(options.server === true && (await serverFacts(invocation))),
  };
  const { stdout } = invocation.shell;
  if (options.output === 'text') {
    stdout.write(
      Object.entries(facts)
        .map(([name, value]) => `${name}: ${value}\n`)
        .join(''),
    );
    return exitCodes.answered;
  }
  const { objectText } = await import('../output/write-object.ts');
  stdout.write(await objectText(options.output, facts));
  return exitCodes.answered;
};

async function serverFacts({ open }: Invocation): Promise<Record<string, string>> {
  const { kube } = await open();
  const { operatorVersion } = await import('../doctor/operator-version.ts');
  return { kubernetes: await kube.serverVersion(), operator: (await operatorVersion(kube)) ?? 'not found' };
}
