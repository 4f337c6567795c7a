import { type Command, Option } from 'commander';
import { parseDuration } from './parse-duration.ts';

/** kubectl's own flags, which it does not hand on when they stand before the name of a plugin. */
export interface KubectlFlags {
  readonly namespace?: string;
  readonly context?: string;
  readonly cluster?: string;
  readonly user?: string;
  readonly kubeconfig?: string;
  readonly server?: string;
  readonly token?: string;
  readonly tlsServerName?: string;
  readonly certificateAuthority?: string;
  readonly clientCertificate?: string;
  readonly clientKey?: string;
  readonly insecureSkipTlsVerify?: boolean;
  readonly as?: string;
  readonly asGroup?: readonly string[];
  readonly asUid?: string;
  readonly requestTimeout?: number;
  readonly v?: number;
}

/** How things are shown, whatever the command. */
export interface LookFlags {
  /** False with --no-color. */
  readonly color: boolean;
  readonly plain?: boolean;
  readonly accessible?: boolean;
}

export type GlobalFlags = KubectlFlags & LookFlags;

const append = (value: string, before: readonly string[] = []) => [...before, value];

const kubectlHeading = 'Flags of kubectl (after the name of the plugin):';
const lookHeading = 'Display:';

/** Understood before and after the name of a command. */
export function addGlobalFlags(program: Command): Command {
  program.optionsGroup(kubectlHeading);
  for (const option of kubectlOptions()) program.addOption(option.helpGroup(kubectlHeading));
  for (const option of lookOptions()) program.addOption(option.helpGroup(lookHeading));
  return program;
}

function kubectlOptions(): readonly Option[] {
  return [
    new Option('-n, --namespace <name>', 'namespace to work in; that of the context when absent'),
    new Option('--context <name>', 'context of the kubeconfig to use'),
    new Option('--kubeconfig <file>', 'kubeconfig file to use; KUBECONFIG or ~/.kube/config when absent'),
    new Option('--cluster <name>', 'cluster of the kubeconfig to use'),
    new Option('--user <name>', 'user of the kubeconfig to use'),
    new Option('--as <name>', 'user to impersonate'),
    new Option('--as-group <group>', 'group to impersonate; may be repeated').argParser(append),
    new Option('--as-uid <uid>', 'UID to impersonate'),
    new Option('-s, --server <url>', 'address of the API server'),
    new Option('--token <token>', 'bearer token for the API server'),
    new Option('--tls-server-name <name>', 'name the certificate of the API server is checked against'),
    new Option('--certificate-authority <file>', 'certificates to trust'),
    new Option('--client-certificate <file>', 'certificate to show'),
    new Option('--client-key <file>', 'key of the certificate to show'),
    new Option('--insecure-skip-tls-verify', 'do not check the certificate of the API server'),
    new Option('--request-timeout <duration>', 'time one request may take; 0: no limit of its own').argParser(
      parseDuration,
    ),
    new Option('-v, --v <level>', 'log level; from 4 on, requests and transports are told on stderr').argParser(Number),
  ];
}

function lookOptions(): readonly Option[] {
  return [
    new Option('--no-color', 'no colours; NO_COLOR does the same'),
    new Option('--plain', 'no colours, no signs outside ASCII, nothing that moves'),
    new Option('--accessible', 'words for states, nothing that moves; for screen readers'),
  ];
}
