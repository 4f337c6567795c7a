import { kinds } from '../../api/group.ts';
import { isAlreadyExists } from '../../kube/errors.ts';
import { type KubeObject, type ResourceType } from '../../kube/kube-client.ts';
import { resourceTypes } from '../../kube/resource-types.ts';
import { nameOf, objectText } from '../output/write-object.ts';
import { CliError } from '../session/cli-error.ts';
import { type CliContext } from '../session/cli-context.ts';
import { type ExitCode, exitCodes } from '../session/exit-codes.ts';
import { type CommandHandler } from '../session/invocation.ts';
import { readStdin } from '../session/read-input.ts';
import { isInteractive } from '../session/shell.ts';
import { type ChosenModel } from '../setup/ask-settings.ts';
import { modelSecretManifest, swarmConfigManifest } from '../setup/settings-manifests.ts';
import { teamManifests } from '../setup/team-manifests.ts';

interface InitOptions {
  readonly model?: string;
  readonly baseUrl: string;
  readonly modelKeyStdin?: boolean;
  readonly kfpUrl?: string;
  readonly objectStore?: string;
  readonly operatorNamespace: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

const keyVariable = 'SWARM_MODEL_KEY';

export const runInit: CommandHandler<InitOptions> = async ({ open }, _words, options): Promise<ExitCode> => {
  const context = await open();
  const model = await modelOf(context, options);
  const { namespace } = context;
  const { kfpUrl, objectStore } = options;
  const manifests = [
    ...teamManifests(namespace, options.operatorNamespace),
    swarmConfigManifest(namespace, {
      model: model && { name: model.name, baseUrl: model.baseUrl, hasKey: model.key !== undefined },
      kfpUrl,
      objectStore,
    }),
  ];
  if (options.dryRun === true) return printManifests(context, manifests, model);
  if (model?.key !== undefined)
    await store(context, modelSecretManifest(namespace, { key: model.key, baseUrl: model.baseUrl }));
  for (const manifest of manifests) await createOnce(context, manifest);
  context.shell.stderr.write(`now: kubectl swarm doctor -n ${namespace}, then: kubectl swarm chat -n ${namespace}\n`);
  return exitCodes.answered;
};

async function modelOf({ shell, signal }: CliContext, options: InitOptions): Promise<ChosenModel | undefined> {
  const { model: name, baseUrl } = options;
  if (name !== undefined) {
    const piped = options.modelKeyStdin === true ? await readStdin({ stdin: shell.stdin, signal }) : undefined;
    const key = (piped ?? shell.environment[keyVariable])?.trim();
    return { name, baseUrl, key: key === '' ? undefined : key };
  }
  const asks = options.yes !== true && options.dryRun !== true && isInteractive(shell);
  if (!asks) return undefined;
  const { askForModel } = await import('../setup/ask-settings.ts');
  return askForModel(baseUrl);
}

/** What can be committed: the key cannot. */
async function printManifests(
  { shell }: CliContext,
  manifests: readonly KubeObject[],
  model: ChosenModel | undefined,
): Promise<ExitCode> {
  const texts = await Promise.all(manifests.map((manifest) => objectText('yaml', manifest)));
  shell.stdout.write(texts.join('---\n'));
  if (model?.key !== undefined) shell.stderr.write('The Secret swarm-model with the key is not printed.\n');
  return exitCodes.answered;
}

const types: Readonly<Record<string, ResourceType>> = {
  ServiceAccount: resourceTypes.serviceAccount,
  Role: resourceTypes.role,
  RoleBinding: resourceTypes.roleBinding,
  Secret: resourceTypes.secret,
  SwarmConfig: kinds.swarmConfig,
};

function typeOf({ kind = '' }: KubeObject): ResourceType {
  const type = types[kind];
  if (!type) throw new CliError(exitCodes.failed, `${kind} cannot be created here`);
  return type;
}

/** What is there already was made by somebody who may have changed it since. */
async function createOnce(context: CliContext, manifest: KubeObject): Promise<void> {
  try {
    await context.kube.create(typeOf(manifest), manifest);
    context.shell.stdout.write(`${nameOf(manifest)} created\n`);
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
    context.shell.stdout.write(`${nameOf(manifest)} exists, left as it is\n`);
  }
}

/** A key that was just given takes the place of the old one. */
async function store(context: CliContext, secret: KubeObject): Promise<void> {
  try {
    await context.kube.create(resourceTypes.secret, secret);
    context.shell.stdout.write(`${nameOf(secret)} created\n`);
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
    const { name, namespace } = secret.metadata;
    await context.kube.mergePatch(
      resourceTypes.secret,
      { name, ...(namespace !== undefined && { namespace }) },
      secret,
    );
    context.shell.stdout.write(`${nameOf(secret)} changed\n`);
  }
}
