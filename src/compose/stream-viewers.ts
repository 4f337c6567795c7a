import { group } from '../api/group.ts';
import type { KubeClient, KubeObject, ResourceType } from '../kube/kube-client.ts';
import { resourceTypes } from '../kube/resource-types.ts';
import type { TurnName, ViewerReview } from '../streaming/stream-access.ts';

const tokenReview: ResourceType = {
  group: 'authentication.k8s.io',
  version: 'v1',
  plural: 'tokenreviews',
  kind: 'TokenReview',
  namespaced: false,
};

interface TokenReview extends KubeObject {
  readonly spec: { readonly token: string };
  readonly status?: {
    readonly authenticated?: boolean;
    readonly user?: {
      readonly username: string;
      readonly uid?: string;
      readonly groups?: readonly string[];
      readonly extra?: Readonly<Record<string, readonly string[]>>;
    };
  };
}

interface AccessReview extends KubeObject {
  readonly spec: object;
  readonly status?: { readonly allowed: boolean };
}

/** Reviews are answered and never stored. */
const unnamed = { name: '' };

/** Asks the cluster whose token it is, and whether that person may get `turns/stream`. */
export async function reviewViewer(
  kube: Pick<KubeClient, 'create'>,
  token: string,
  { namespace, name }: TurnName,
): Promise<ViewerReview> {
  const asked = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', metadata: unnamed, spec: { token } };
  const { status } = await kube.create<TokenReview>(tokenReview, asked);
  if (status?.authenticated !== true || !status.user) return 'unknown-token';
  const { username: user, uid, groups, extra } = status.user;
  const resourceAttributes = { verb: 'get', group, resource: 'turns', subresource: 'stream', namespace, name };
  const review = await kube.create<AccessReview>(resourceTypes.subjectAccessReview, {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    metadata: unnamed,
    spec: { user, uid, groups, extra, resourceAttributes },
  });
  return review.status?.allowed === true ? 'allowed' : 'forbidden';
}
