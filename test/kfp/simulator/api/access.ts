import { codes, KfpError } from '../protocol/kfp-error.ts';

/** Who may do what, answered by a real API server. */
export interface Reviews {
  /** TokenReview. @returns the user, or undefined for a token that is not good for the audience */
  authenticate(token: string, audience: string): Promise<string | undefined>;
  /** SubjectAccessReview. */
  authorize(
    user: string,
    attributes: ResourceAttributes,
  ): Promise<{ readonly allowed: boolean; readonly reason: string }>;
}

export interface ResourceAttributes {
  readonly namespace: string;
  readonly verb: string;
  readonly resource: string;
  readonly name: string;
  /** Default `pipelines.kubeflow.org`. */
  readonly group?: string;
}

export interface MultiUserSettings {
  readonly reviews: Reviews;
  readonly userHeader: string;
  /** What must stand in front of the name in the header. */
  readonly userPrefix: string;
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

const audience = 'pipelines.kubeflow.org';
const noIdentity = 'Failed to check authorization. User identity is empty in the request header';

/** A request with an empty identity header kills the real server. */
export class EmptyIdentityError extends Error {
  override readonly name = 'EmptyIdentityError';
}

/** Identity and rights in multi-user mode: the header wins over the token, an unknown id is said before a missing right. */
export class Access {
  readonly #settings: MultiUserSettings;

  constructor(settings: MultiUserSettings) {
    this.#settings = settings;
  }

  /** @throws KfpError Unauthenticated or PermissionDenied */
  async require(headers: Headers, attributes: ResourceAttributes): Promise<void> {
    const user = await this.#userOf(headers);
    if (user === undefined) throw new KfpError(codes.unauthenticated, noIdentity, 'Failed to authorize with API: ');
    const { allowed, reason } = await this.#settings.reviews.authorize(user, attributes);
    if (allowed) return;
    throw new KfpError(
      codes.permissionDenied,
      refusal(user, reason, attributes),
      'Failed to authorize with API: PermissionDenied: ',
    );
  }

  async #userOf(headers: Headers): Promise<string | undefined> {
    const { userHeader, userPrefix, reviews } = this.#settings;
    const header = headers[userHeader];
    if (typeof header === 'string') {
      if (header === '') throw new EmptyIdentityError();
      return header.startsWith(userPrefix) ? header.slice(userPrefix.length) : undefined;
    }
    const [, token] = /^Bearer (.+)$/u.exec(String(headers['authorization'] ?? '')) ?? [];
    return token === undefined ? undefined : reviews.authenticate(token, audience);
  }
}

function refusal(user: string, reason: string, attributes: ResourceAttributes): string {
  const { namespace, verb, resource, name, group = 'pipelines.kubeflow.org' } = attributes;
  const fields = [
    `Namespace:${namespace}`,
    `Verb:${verb}`,
    `Group:${group}`,
    'Version:v1beta1',
    `Resource:${resource}`,
    'Subresource:',
    `Name:${name}`,
    'FieldSelector:nil',
    'LabelSelector:nil',
  ];
  return `User '${user}' is not authorized with reason: ${reason} (request: &ResourceAttributes{${fields.join(',')},})`;
}
