import { type KubeClient, type KubeObject, type ResourceType } from '../../../../src/kube/kube-client.ts';
import { resourceTypes } from '../../../../src/kube/resource-types.ts';
import { type Reviews } from '../api/access.ts';

const tokenReviewType: ResourceType = {
  group: 'authentication.k8s.io',
  version: 'v1',
  plural: 'tokenreviews',
  kind: 'TokenReview',
  namespaced: false,
};

interface Review extends KubeObject {
  readonly spec: object;
  readonly status?: {
    readonly authenticated?: boolean;
    readonly user?: { readonly username?: string };
    readonly allowed?: boolean;
    readonly reason?: string;
  };
}

/** Tokens and rights as the API server of a cluster judges them. */
export function kubeReviews(client: KubeClient): Reviews {
  const review = (type: ResourceType, spec: object) =>
    client.create<Review>(type, {
      apiVersion: `${type.group}/${type.version}`,
      kind: type.kind,
      metadata: { name: '' },
      spec,
    });
  return {
    authenticate: async (token, audience) => {
      const { status } = await review(tokenReviewType, { token, audiences: [audience] });
      return status?.authenticated ? status.user?.username : undefined;
    },
    authorize: async (user, { group = 'pipelines.kubeflow.org', ...attributes }) => {
      const resourceAttributes = { ...attributes, group, version: 'v1beta1' };
      const { status } = await review(resourceTypes.subjectAccessReview, {
        user,
        ...groupsOf(user),
        resourceAttributes,
      });
      return { allowed: status?.allowed ?? false, reason: '' };
    },
  };
}

/** Groups come with authentication; without them the rights of all ServiceAccounts of a namespace would be missing. */
function groupsOf(user: string): { groups?: string[] } {
  const [, namespace] = /^system:serviceaccount:([^:]+):/u.exec(user) ?? [];
  if (namespace === undefined) return {};
  return { groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'] };
}
