import { helpText } from '../../src/config.ts';

/** docs/reference/settings.md: what `--help` prints. */
export function settingsReference(): string {
  return [
    '# Settings of the operator',
    'Each is a flag or an environment variable; the flag wins. Settings of a namespace are in its [SwarmConfig](swarmconfig.md).',
    `\`\`\`text\n${helpText().trimEnd()}\n\`\`\``,
  ].join('\n\n');
}
