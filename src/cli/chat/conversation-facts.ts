import { type Conversation } from '../../api/conversation.ts';
import { group, kinds } from '../../api/group.ts';
import { defaultConfigName } from '../../api/names.ts';
import { type SwarmConfig } from '../../api/swarm-config.ts';
import { KubeApiError } from '../../kube/errors.ts';
import { type CliContext } from '../session/cli-context.ts';

/** What people call a conversation; only programs of ours read it. */
export const titleAnnotation = `${group}/title`;

export function title({ metadata }: Conversation): string {
  return metadata.annotations?.[titleAnnotation] ?? metadata.name;
}

/** Models of the settings, first choice first; empty when they are the operator's own, or not for these eyes. */
export async function modelsOf(
  { kube }: Pick<CliContext, 'kube'>,
  { metadata, spec }: Conversation,
): Promise<readonly string[]> {
  const key = { namespace: metadata.namespace, name: spec.configRef?.name ?? defaultConfigName };
  try {
    const config = (await kube.get(kinds.swarmConfig, key)) as unknown as SwarmConfig | undefined;
    const models = [config?.spec.model, ...(config?.spec.fallbackModels ?? [])];
    return models.flatMap((model) => (model === undefined ? [] : [model.name ?? model.provider]));
  } catch (error) {
    if (error instanceof KubeApiError && error.status === 403) return [];
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
