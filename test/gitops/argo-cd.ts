import { type Kubectl } from '../support/kubectl.ts';
import { waitFor } from '../support/wait-for.ts';

export interface ResourceReference {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
}

export interface Action {
  readonly name: string;
  readonly disabled?: boolean;
}

export interface ActionCall {
  readonly action: string;
  readonly [parameter: string]: string;
}

interface TreeNode extends ResourceReference {
  readonly group?: string;
  readonly parentRefs?: readonly ResourceReference[];
}

/** What Argo CD says about one Application. */
export interface Application {
  readonly metadata: { readonly name: string };
  readonly status?: {
    readonly sync?: { readonly status: string };
    readonly health?: { readonly status: string };
    readonly resources?: readonly (ResourceReference & {
      readonly status?: string;
      readonly health?: { readonly status: string; readonly message?: string };
    })[];
    readonly history?: readonly unknown[];
    readonly operationState?: {
      readonly phase: string;
      readonly message?: string;
      readonly retryCount?: number;
      readonly syncResult?: { readonly revision: string };
    };
  };
}

/** Argo CD's API server, as its web UI and its command line see it. */
export class ArgoCd {
  readonly #url: string;
  readonly #token: string;

  private constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  /** Logs in with the password that Argo CD made for its administrator. */
  static async asAdministrator(kubectl: Kubectl): Promise<ArgoCd> {
    const url = process.env['SWARM_TEST_ARGOCD_URL'];
    if (url === undefined)
      throw new Error('SWARM_TEST_ARGOCD_URL is not set: hack/test-bed/test-bed.sh up --with argocd');
    const secret = await kubectl
      .in('argocd')
      .get<{ data: { password: string } }>('secret', 'argocd-initial-admin-secret');
    const password = Buffer.from(secret.data.password, 'base64').toString();
    const { token } = await send<{ token: string }>(`${url}/api/v1/session`, { username: 'admin', password });
    return new ArgoCd(url, token);
  }

  /** The same server with the token of a local account, as soon as its settings know the account. */
  async as(account: string): Promise<ArgoCd> {
    const { token } = await waitFor(
      `Argo CD knows ${account}`,
      () => this.#post<{ token: string }>(`account/${account}/token`, { name: account, expiresIn: 3600 }),
      { withinMs: 30_000 },
    );
    return new ArgoCd(this.#url, token);
  }

  async actions(application: string, of: ResourceReference): Promise<readonly Action[]> {
    const query = new URLSearchParams({ ...place(of) });
    const path = `applications/${application}/resource/actions?${query.toString()}`;
    return (await this.#get<{ actions?: Action[] }>(path)).actions ?? [];
  }

  /** An action with its parameters, if it takes any. */
  async run(application: string, { action, ...parameters }: ActionCall, on: ResourceReference): Promise<void> {
    const resourceActionParameters = Object.entries(parameters).map(([name, value]) => ({ name, value }));
    const body = { name: application, ...place(on), action, resourceActionParameters };
    await this.#post(`applications/${application}/resource/actions/v2`, body);
  }

  async sync(application: string): Promise<void> {
    await this.#post(`applications/${application}/sync`, {});
  }

  async tree(application: string): Promise<readonly TreeNode[]> {
    return (await this.#get<{ nodes: TreeNode[] }>(`applications/${application}/resource-tree`)).nodes;
  }

  #get<T>(path: string): Promise<T> {
    return send<T>(`${this.#url}/api/v1/${path}`, undefined, this.#token);
  }

  #post<T>(path: string, body: object): Promise<T> {
    return send<T>(`${this.#url}/api/v1/${path}`, body, this.#token);
  }
}

function place({ kind, name, namespace }: ResourceReference) {
  return { namespace, resourceName: name, group: 'swarm.mlops.dev', version: 'v1alpha1', kind };
}

/** @throws Error with the status and the server's words unless the answer is 2xx. */
async function send<T>(url: string, body?: object, token?: string): Promise<T> {
  const response = await fetch(url, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(20_000),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url}: ${response.status} ${text.slice(0, 400)}`);
  return JSON.parse(text) as T;
}
