import { apiVersion, kinds } from '../../api/group.ts';
import { annotations, defaultConfigName } from '../../api/names.ts';
import { type KubeObject } from '../../kube/kube-client.ts';
import { secretNames } from './team-manifests.ts';

export interface Settings {
  /** Absent: the builtin planner. */
  readonly model?: { readonly name: string; readonly baseUrl: string; readonly hasKey: boolean } | undefined;
  readonly kfpUrl?: string | undefined;
  readonly objectStore?: string | undefined;
}

export function swarmConfigManifest(
  namespace: string,
  { model, kfpUrl, objectStore }: Settings,
): KubeObject & Record<string, unknown> {
  const backends = {
    ...(kfpUrl !== undefined && { kfp: { url: kfpUrl } }),
    ...(objectStore !== undefined && {
      objectStore: { endpoint: objectStore, secretRef: { name: secretNames.objectStore } },
    }),
  };
  return {
    apiVersion,
    kind: kinds.swarmConfig.kind,
    metadata: { name: defaultConfigName, namespace },
    spec: {
      model: model ? modelOf(model) : { provider: 'builtin' },
      ...(model && { fallbackModels: [{ provider: 'builtin' }] }),
      ...(Object.keys(backends).length > 0 && { backends }),
    },
  };
}

function modelOf({ name, baseUrl, hasKey }: NonNullable<Settings['model']>): object {
  return {
    provider: 'openai',
    baseURL: baseUrl,
    name,
    ...(hasKey && { apiKeySecretRef: { name: secretNames.model, key: 'api-key' } }),
  };
}

/** The operator sends the key to the host of this address and to no other. */
export function modelSecretManifest(
  namespace: string,
  { key, baseUrl }: { readonly key: string; readonly baseUrl: string },
): KubeObject & Record<string, unknown> {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: secretNames.model,
      namespace,
      annotations: { [annotations.allowedHosts]: new URL(baseUrl).hostname },
    } as KubeObject['metadata'],
    type: 'Opaque',
    stringData: { 'api-key': key },
  };
}
