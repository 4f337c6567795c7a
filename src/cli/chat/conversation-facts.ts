import { type Conversation } from '../../api/conversation.ts';
import { kinds } from '../../api/group.ts';
import { annotations, defaultConfigName } from '../../api/names.ts';
import { type SwarmConfig } from '../../api/swarm-config.ts';
import { isForbidden, KubeApiError } from '../../kube/errors.ts';
import { type CliContext } from '../session/cli-context.ts';

/** What people call a conversation; only programs of ours read it. */
export function title({ metadata }: Conversation): string {
  return metadata.annotations?.[annotations.title] ?? metadata.name;
}

/** The models that answer, first choice first, and whose settings say so. */
export interface AnsweringModels {
  readonly models: readonly string[];
  /** `hidden`: there may be a SwarmConfig, but it is not for these eyes. */
  readonly from: 'config' | 'operator' | 'hidden';
  readonly configName: string;
}

export async function modelsOf(
  { kube }: Pick<CliContext, 'kube'>,
  { metadata, spec }: Conversation,
): Promise<AnsweringModels> {
  const configName = spec.configRef?.name ?? defaultConfigName;
  const key = { namespace: metadata.namespace, name: configName };
  try {
    const config = (await kube.get(kinds.swarmConfig, key)) as unknown as SwarmConfig | undefined;
    const models = [config?.spec.model, ...(config?.spec.fallbackModels ?? [])];
    const names = models.flatMap((model) => (model === undefined ? [] : [model.name ?? model.provider]));
    return { models: names, from: config ? 'config' : 'operator', configName };
  } catch (error) {
    if (isForbidden(error)) return { models: [], from: 'hidden', configName };
    throw error;
  }
}

/** Who the API server takes the person for; the kubeconfig's name for them where the API server does not tell. */
export async function identityOf({ kube }: Pick<CliContext, 'kube'>): Promise<string> {
  try {
    return (await kube.whoAmI()).username;
  } catch (error) {
    if (error instanceof KubeApiError && error.status >= 400 && error.status < 500) return kube.userName ?? 'you';
    throw error;
  }
}
