import { accessSync, constants, existsSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { homedir } from 'node:os';
import { CliError } from '../session/cli-error.ts';
import { type ExitCode, exitCodes } from '../session/exit-codes.ts';
import { type CommandHandler } from '../session/invocation.ts';
import { type Shell } from '../session/shell.ts';

/** kubectl runs a program of this name to complete what follows `kubectl swarm`. */
const shimName = 'kubectl_complete-swarm';

const shim = `#!/bin/sh
# kubectl runs this to complete "kubectl swarm".
exec kubectl-swarm __complete "$@"
`;

const scripts: Readonly<Record<string, string>> = {
  bash: `# Completion of kubectl-swarm. For "kubectl swarm": kubectl swarm completion install
_kubectl_swarm() {
  local IFS=$'\\n' lines
  lines=$(kubectl-swarm __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  if [ "\${lines##*:}" = 0 ]; then COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}")); return; fi
  COMPREPLY=($(printf '%s\\n' "$lines" | sed -e '$d' -e 's/\\t.*//'))
}
complete -F _kubectl_swarm kubectl-swarm
`,
  zsh: `#compdef kubectl-swarm
# Completion of kubectl-swarm. For "kubectl swarm": kubectl swarm completion install
_kubectl_swarm() {
  local -a lines candidates
  lines=("\${(@f)$(kubectl-swarm __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ $lines[-1] == ':0' ]]; then _files; return; fi
  candidates=("\${(@)\${(@)lines[1,-2]//:/\\\\:}/$'\\t'/:}")
  _describe 'kubectl swarm' candidates
}
compdef _kubectl_swarm kubectl-swarm
`,
  fish: `# Completion of kubectl-swarm. For "kubectl swarm": kubectl swarm completion install
function __kubectl_swarm
  set -l words (commandline -opc)[2..] (commandline -ct)
  kubectl-swarm __complete $words 2>/dev/null | string match -v -r '^:\\d+$'
end
complete -c kubectl-swarm -f -a '(__kubectl_swarm)'
`,
};

export const runCompletion: CommandHandler<{ readonly dir?: string }> = async (
  { shell },
  [what = 'bash'],
  { dir },
): Promise<ExitCode> => {
  if (what !== 'install') {
    shell.stdout.write(scripts[what] ?? '');
    return exitCodes.answered;
  }
  const folder = dir ?? folderOfPlugin(shell) ?? join(homedir(), '.local', 'bin');
  const file = join(folder, shimName);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(file, shim);
    await chmod(file, 0o755);
  } catch (cause) {
    throw new CliError(exitCodes.failed, `cannot write ${file}: ${(cause as Error).message}`, {
      next: 'kubectl swarm completion install --dir FOLDER',
      cause,
    });
  }
  shell.stdout.write(`${file}\n`);
  if (!pathOf(shell).includes(folder)) shell.stderr.write(`${folder} is not in PATH: kubectl does not find it there\n`);
  shell.stderr.write('needs kubectl’s own completion: source <(kubectl completion bash)\n');
  return exitCodes.answered;
};

/** Where kubectl finds the plugin it finds its helper, too. */
function folderOfPlugin(shell: Shell): string | undefined {
  const plugin = pathOf(shell)
    .map((folder) => join(folder, 'kubectl-swarm'))
    .find((file) => existsSync(file));
  return plugin !== undefined && isWritable(dirname(plugin)) ? dirname(plugin) : undefined;
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function pathOf({ environment }: Shell): readonly string[] {
  return (environment['PATH'] ?? '').split(delimiter);
}
