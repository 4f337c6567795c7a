import { parseArgs } from 'node:util';
import { z } from 'zod';
import { durationMs } from './api/duration.ts';
import { TerminalError } from './base/errors.ts';

/** A setting: what it is for, and, for the message when a value is wrong, what is expected instead. */
const setting = <Schema extends z.ZodType>(schema: Schema, about: string, expects: string) =>
  schema.describe(about).meta({ description: about, expects });

const text = (about: string, expects: string) => setting(z.string().min(1).optional(), about, expects);

const wholeNumber = (about: string, { from, to, otherwise }: { from: number; to: number; otherwise: number }) =>
  setting(
    z.coerce.number().int().min(from).max(to).default(otherwise),
    about,
    `a whole number from ${from} to ${to}, for example ${otherwise}`,
  );

const flag = (about: string) =>
  setting(z.enum(['true', 'false']).default('false'), about, 'true or false').transform((value) => value === 'true');

const span = (about: string, otherwise: string) =>
  setting(
    z
      .string()
      .regex(/^(?=\d)(\d+h)?(\d+m)?(\d+s)?$/)
      .default(otherwise),
    about,
    `hours, minutes and seconds, for example ${otherwise}`,
  ).transform(durationMs);

const address = (about: string, otherwise: string) =>
  setting(
    z
      .string()
      .regex(/^(\[[0-9a-f:]+\]|[^:]*):\d{1,5}$/i)
      .default(otherwise),
    about,
    `a host, which may be empty for all of them, and a port, for example ${otherwise}`,
  );

const list = (about: string, example: string) =>
  setting(z.string().default(''), about, `names separated by commas, for example ${example}`).transform((value) =>
    value
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== ''),
  );

const schema = z.object({
  kubeconfig: text(
    'Kubeconfig file to reach the API server with; absent: the ServiceAccount of the pod.',
    'the path of a file',
  ),
  context: text('Context of the kubeconfig; absent: its current one.', 'the name of a context'),
  namespace: text('Serve this namespace only; absent: all of them.', 'the name of a namespace'),
  leaderElect: flag('Work only while holding a Lease, so that several replicas may stand by.'),
  leaseNamespace: setting(
    z.string().min(1).default('swarm-system'),
    'Namespace of the Lease.',
    'the name of a namespace, for example swarm-system',
  ),
  leaseName: setting(
    z.string().min(1).default('swarm-operator'),
    'Name of the Lease.',
    'an object name, for example swarm-operator',
  ),
  leaseDuration: span('How long a Lease that is not renewed is respected by others.', '15s'),
  maxConcurrentTurns: wholeNumber('Turns worked on at once; the rest is queued.', {
    from: 1,
    to: 10_000,
    otherwise: 64,
  }),
  gracePeriod: span('How long work in progress may take to end after SIGTERM, a model call included.', '25s'),
  healthAddress: address('Where /healthz and /readyz are served.', ':8081'),
  streamAddress: address('Where the events of running turns are served, over TLS.', ':8443'),
  streamCertificateFile: text(
    'Certificate of that server, PEM; absent: the operator makes its own, which clients know by its hash.',
    'the path of a file',
  ),
  streamKeyFile: text('Private key of that certificate, PEM.', 'the path of a file'),
  streamUrl: setting(
    z.url({ protocol: /^https$/ }).optional(),
    'Address under which clients reach that server straight; absent: they go through the API server.',
    'an https URL, for example https://swarm.example.com:8443',
  ),
  podName: text('Name of the pod this runs in; absent outside a cluster.', 'the name of a pod'),
  podNamespace: text('Namespace of that pod.', 'the name of a namespace'),
  metricsAddress: address('Where /metrics is served.', ':8080'),
  logLevel: setting(
    z.enum(['debug', 'info', 'warn', 'error']).default('info'),
    'Least severe level that is logged.',
    'debug, info, warn or error',
  ),
  modelBaseUrl: setting(
    z.url({ protocol: /^https?$/ }).optional(),
    'OpenAI-compatible endpoint for namespaces without a SwarmConfig; absent: the builtin planner.',
    'an http or https URL up to and including /v1, for example https://api.openai.com/v1',
  ),
  modelName: text('Name of the model at that endpoint.', 'the name the endpoint knows the model by'),
  modelApiKey: text('Key for that endpoint; give it by the environment, where other users do not see it.', 'a key'),
  dataDirectory: text(
    'Folder for indexes of documents and for data sets in work; absent: one in the temporary folder of the system, which a new pod finds empty.',
    'the path of a folder',
  ),
  allowedHosts: list(
    'Hosts that may be called although their addresses are loopback or link-local.',
    'localhost,model.test',
  ),
});
export type Config = z.output<typeof schema>;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Flags win over the environment.
 * @throws TerminalError with one sentence that names the setting, its value and what is expected.
 */
export function readConfig(args: readonly string[], environment: Environment): Config {
  const given = flagsOf(args);
  const values = Object.fromEntries(
    Object.keys(schema.shape).flatMap((key) => {
      const value = given[flagName(key)] ?? environment[variableName(key)];
      return value === undefined ? [] : [[key, value]];
    }),
  );
  const parsed = schema.safeParse(values);
  if (parsed.success) return checked(parsed.data);
  const key = String(parsed.error.issues[0]?.path[0]);
  throw new TerminalError('InvalidConfig', wrongValue(key, String(values[key])));
}

/** One line for each setting: flag, variable, default, purpose. */
export function helpText(): string {
  const lines = Object.entries(schema.shape).map(([key, field]) => {
    const initial = inputDefault(field);
    const otherwise = initial === '' ? '' : ` (default ${initial})`;
    return `  --${flagName(key)}${otherwise}\n      ${aboutOf(field).description}\n      Environment: ${variableName(key)}`;
  });
  return [
    'Swarm: conversations with your machine learning platform, as Kubernetes resources.',
    '',
    'Usage: swarm [flags]',
    '',
    ...lines,
    '  --help\n      Prints this text.',
    '',
  ].join('\n');
}

/** Settings of which one is of no use without the other. */
const pairs = [
  ['modelBaseUrl', 'modelName'],
  ['streamCertificateFile', 'streamKeyFile'],
  ['podName', 'podNamespace'],
] as const satisfies readonly (readonly [keyof Config, keyof Config])[];

function checked(config: Config): Config {
  for (const [one, other] of pairs) {
    if ((config[one] === undefined) === (config[other] === undefined)) continue;
    const [missing, present] = config[other] === undefined ? [other, one] : [one, other];
    throw new TerminalError(
      'InvalidConfig',
      `--${flagName(missing)} is missing: it is needed with --${flagName(present)}.`,
    );
  }
  return config;
}

function flagsOf(args: readonly string[]): Readonly<Record<string, string | undefined>> {
  const booleans = Object.keys(schema.shape).filter((key) => key === 'leaderElect');
  // A flag that is true or false may stand alone: --leader-elect.
  const spelled = args.map((argument) =>
    booleans.some((key) => argument === `--${flagName(key)}`) ? `${argument}=true` : argument,
  );
  const options = Object.fromEntries(
    Object.keys(schema.shape).map((key) => [flagName(key), { type: 'string' as const }]),
  );
  try {
    return parseArgs({ args: spelled, options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    const [sentence] = (error as Error).message.split('. ');
    throw new TerminalError('InvalidConfig', `${sentence ?? ''}; --help lists all flags.`, { cause: error });
  }
}

function wrongValue(key: string, value: string): string {
  const shown = key === 'modelApiKey' ? 'not usable' : `"${value}"`;
  const { expects } = aboutOf(schema.shape[key as keyof typeof schema.shape]);
  return `--${flagName(key)} (${variableName(key)}) is ${shown}: give ${expects}.`;
}

interface About {
  readonly description: string;
  readonly expects: string;
}

function aboutOf(field: z.ZodType): About {
  const inner = field instanceof z.ZodPipe ? (field.in as z.ZodType) : field;
  return inner.meta() as unknown as About;
}

function inputDefault(field: z.ZodType): string {
  const inner = field instanceof z.ZodPipe ? (field.in as z.ZodType) : field;
  return inner instanceof z.ZodDefault ? String(inner.parse(undefined)) : '';
}

/** maxConcurrentTurns becomes max-concurrent-turns. */
function flagName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function variableName(key: string): string {
  return `SWARM_${flagName(key).replaceAll('-', '_').toUpperCase()}`;
}
