import { annotations } from '../api/names.ts';
import { TerminalError } from '../base/errors.ts';
import { isForbidden } from '../kube/errors.ts';
import type { KubeClient, KubeObject } from '../kube/kube-client.ts';
import { resourceTypes } from '../kube/resource-types.ts';

export interface SecretQuery {
  readonly namespace: string;
  readonly name: string;
  readonly key: string;
  /** Where the value will be sent; the Secret must allow it. Absent: it stays here. */
  readonly host?: string;
}

type Secret = KubeObject & {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly data?: Readonly<Record<string, string>>;
};

/**
 * One value of a Secret, read by name: the operator cannot list or watch Secrets.
 * @throws TerminalError with reason SecretNotFound, SecretKeyMissing, SecretNotAllowed or Forbidden, and what to do.
 */
export async function readSecret(kube: KubeClient, query: SecretQuery): Promise<string> {
  const { namespace, name, key, host } = query;
  const secret = await getSecret(kube, namespace, name);
  if (!secret) {
    const command = `kubectl -n ${namespace} create secret generic ${name} --from-literal=${key}=…`;
    throw new TerminalError(
      'SecretNotFound',
      `There is no Secret ${name} in namespace ${namespace}; create it: ${command}`,
    );
  }
  const encoded = secret.data?.[key];
  if (encoded === undefined) {
    throw new TerminalError(
      'SecretKeyMissing',
      `The Secret ${name} in namespace ${namespace} has no key ${key}; add it.`,
    );
  }
  if (host !== undefined && !hostsOf(secret).includes(host)) {
    const command = `kubectl -n ${namespace} annotate --overwrite secret ${name} ${annotations.allowedHosts}=${host}`;
    throw new TerminalError(
      'SecretNotAllowed',
      `The Secret ${name} in namespace ${namespace} may not be sent to ${host}; if that is meant: ${command}`,
    );
  }
  return Buffer.from(encoded, 'base64').toString('utf8').trim();
}

function hostsOf({ metadata }: Secret): readonly string[] {
  return (metadata.annotations?.[annotations.allowedHosts] ?? '').split(',').map((entry) => entry.trim());
}

async function getSecret(kube: KubeClient, namespace: string, name: string): Promise<Secret | undefined> {
  try {
    return await kube.get<Secret>(resourceTypes.secret, { namespace, name });
  } catch (error) {
    if (!isForbidden(error)) throw error;
    throw new TerminalError(
      'Forbidden',
      `The operator may not read the Secret ${name} in namespace ${namespace}; bind the role swarm-secret-reader there.`,
      { cause: error },
    );
  }
}
