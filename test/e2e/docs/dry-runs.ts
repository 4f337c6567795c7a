/** How the commands of a `sh` block are tried without doing what they say; the first rule that fits wins. */
const rules: readonly (readonly [RegExp, (match: RegExpExecArray) => string | undefined])[] = [
  [/^(?:[A-Z_]+=\S+ )*make ([a-z-]+.*)$/, ([, rest = '']) => `make --dry-run ${rest} >/dev/null`],
  [
    /^kubectl (.*\bapply\b.*)$/,
    // The namespaces of the documentation are not there.
    ([, rest = '']) => `kubectl ${withoutNamespace(rest)} --dry-run=server --force-conflicts --server-side`,
  ],
  [/^kubectl swarm ([a-z]+)/, ([, command = '']) => `kubectl-swarm ${command} --help >/dev/null`],
  [
    /^kubectl ((?:-n \S+ )?)(get|describe|logs|delete|patch|wait)\b/,
    ([, , verb = '']) => `kubectl ${verb} --help >/dev/null`,
  ],
  [/^kubectl (.*\bcreate\b.*)$/, ([, rest = '']) => `kubectl ${rest.replaceAll('…', 'x')} --dry-run=client`],
  [
    /^helm (?:install|upgrade(?: --install)?) (\S+) (charts\/\S+)(.*)$/,
    ([, name = '', chart = '', rest = '']) =>
      `$(hack/test-bed/test-bed.sh tool helm4) template ${name} ${chart}${withoutWaiting(rest)} >/dev/null`,
  ],
  [
    /^helm (test|uninstall|rollback)\b/,
    ([, verb = '']) => `$(hack/test-bed/test-bed.sh tool helm4) ${verb} --help >/dev/null`,
  ],
  [/^node (hack\/write-manifests\.ts)$/, ([, script = '']) => `node ${script} >/dev/null`],
  [/^npm run --silent (\S+)/, ([, script = '']) => `npm pkg get scripts.${script} | grep -v '^{}$'`],
  [/^(?:export |alias |cd |git clone )/, () => undefined],
  // Needs a container engine, which not every machine with tests has.
  [/^docker /, () => undefined],
  // Needs a model from the network, or a server of the reader's.
  [/^(?:python3 -m venv|\.venv\/bin\/|node dist\/swarm\.mjs )/, () => undefined],
];

/** @returns one command each; nothing for lines that only set the scene. @throws Error for a line that no rule knows. */
export function dryRunOf(text: string): readonly string[] {
  const lines = text
    .replaceAll('\\\n', ' ')
    .split(/\n| && /)
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter((line) => line !== '');
  return lines.flatMap((line) => {
    for (const [pattern, dryRun] of rules) {
      const match = pattern.exec(line);
      if (match) return dryRun(match) ?? [];
    }
    throw new Error(`there is no rule to try this without doing it: ${line}`);
  });
}

function withoutNamespace(rest: string): string {
  return rest.replace(/(?:-n|--namespace)[ =]\S+ ?/, '').replace('--server-side', '');
}

function withoutWaiting(rest: string): string {
  return rest.replaceAll(
    / --(?:create-namespace|wait|atomic|reuse-values|reset-then-reuse-values|timeout[ =]\S+)/g,
    '',
  );
}
