import { type KubeClient, type KubeObject, type ResourceType } from '../../kube/kube-client.ts';
import { isForbidden } from '../../kube/errors.ts';

export const deploymentType: ResourceType = {
  group: 'apps',
  version: 'v1',
  plural: 'deployments',
  kind: 'Deployment',
  namespaced: true,
};

export interface Deployment extends KubeObject {
  readonly spec: {
    readonly replicas?: number;
    readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
  };
  readonly status?: { readonly availableReplicas?: number };
}

const ours = 'app.kubernetes.io/name=swarm-operator';

/** Deployments of the operator in this namespace; undefined when the person may not look. */
export async function operatorDeployments(
  kube: Pick<KubeClient, 'list'>,
  namespace: string,
): Promise<readonly Deployment[] | undefined> {
  try {
    return (await kube.list<Deployment>(deploymentType, { namespace, labelSelector: ours })).items;
  } catch (error) {
    if (isForbidden(error)) return undefined;
    throw error;
  }
}

/** The tag of its image; undefined when it cannot be seen. */
export async function operatorVersion(
  kube: Pick<KubeClient, 'list'>,
  namespace = 'swarm-system',
): Promise<string | undefined> {
  const [deployment] = (await operatorDeployments(kube, namespace)) ?? [];
  const image = deployment?.spec.template.spec.containers[0]?.image;
  return image === undefined ? undefined : /:([^:/@]+)(@|$)/.exec(image)?.[1];
}
