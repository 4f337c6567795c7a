import { type ApiRequests } from './api-requests.ts';
import { type RequestOptions } from './kube-client.ts';

/** May the asking user do this? */
export interface AccessQuestion {
  readonly verb: string;
  /** Empty for the core group. */
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string | undefined;
  /** Absent: in the whole cluster. */
  readonly namespace?: string | undefined;
  /** Absent: any of them. */
  readonly name?: string | undefined;
}

export interface AccessAnswer {
  readonly allowed: boolean;
  /** The authorizer's own words; often empty. */
  readonly reason: string;
}

export interface UserInfo {
  readonly username: string;
  readonly uid?: string;
  readonly groups: readonly string[];
}

export async function canI(
  requests: ApiRequests,
  question: AccessQuestion,
  options?: RequestOptions,
): Promise<AccessAnswer> {
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes: question },
  };
  const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  const text = await requests.send({ method: 'POST', path, body, options });
  const { status } = JSON.parse(text) as { status: { allowed: boolean; reason?: string; evaluationError?: string } };
  return { allowed: status.allowed, reason: status.reason ?? status.evaluationError ?? '' };
}

/** Who the API server takes us for, with impersonation counted in. */
export async function whoAmI(requests: ApiRequests, options?: RequestOptions): Promise<UserInfo> {
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
  const text = await requests.send({ method: 'POST', path, body, options });
  const { userInfo } = (JSON.parse(text) as { status: { userInfo: Partial<UserInfo> } }).status;
  return { ...userInfo, username: userInfo.username ?? '', groups: userInfo.groups ?? [] };
}

/** For example `v1.37.2`. */
export async function serverVersion(requests: ApiRequests, options?: RequestOptions): Promise<string> {
  const text = await requests.send({ method: 'GET', path: '/version', options });
  return (JSON.parse(text) as { gitVersion: string }).gitVersion;
}
