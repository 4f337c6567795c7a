import { accountUser } from '../../kube/account-user.ts';
import type { KnowledgeBase } from '../../api/knowledge-base.ts';
import { RetryableError, TerminalError } from '../../base/errors.ts';
import { isForbidden, KubeApiError } from '../../kube/errors.ts';
import type { KubeClient, KubeObject } from '../../kube/kube-client.ts';
import { resourceTypes } from '../../kube/resource-types.ts';
import type { ConfigMapReader } from '../../retrieval/ingest/config-map-source.ts';

type ConfigMap = KubeObject & {
  readonly data?: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>>;
};

/** Reads ConfigMaps of the knowledge base's namespace as its ServiceAccount. */
export function configMapReader(kube: KubeClient, { metadata, spec }: KnowledgeBase): ConfigMapReader {
  const { namespace } = metadata;
  const account = spec.serviceAccountName;
  return {
    read: async (name, signal) => {
      const impersonate = accountUser(namespace, account);
      try {
        const found = await kube.get<ConfigMap>(resourceTypes.configMap, { namespace, name }, { signal, impersonate });
        return found && contentOf(found);
      } catch (error) {
        if (!(error instanceof KubeApiError)) throw error;
        if (!isForbidden(error)) {
          throw new RetryableError('Unavailable', `The ConfigMap ${name} cannot be read: ${error.message}`, {
            cause: error,
          });
        }
        const message = `The ServiceAccount ${account} may not read the ConfigMap ${name} in namespace ${namespace}; bind a role with get on configmaps to it.`;
        throw new TerminalError('Forbidden', message, { cause: error });
      }
    },
  };
}

function contentOf({ data = {}, binaryData = {} }: ConfigMap): ReadonlyMap<string, Uint8Array> {
  const texts = Object.entries(data).map(([key, text]) => [key, Buffer.from(text, 'utf8')] as const);
  const bytes = Object.entries(binaryData).map(([key, encoded]) => [key, Buffer.from(encoded, 'base64')] as const);
  return new Map<string, Uint8Array>([...texts, ...bytes]);
}
