import { KubeApiError } from './errors.ts';
import { type ObjectName, type ResourceType } from './kube-client.ts';

export type QueryParameters = Readonly<Record<string, string | number | boolean | undefined>>;

/** `/apis/tekton.dev/v1/namespaces/team-a/pipelineruns`; without a namespace: of all of them. */
export function collectionPath(type: ResourceType, namespace: string | undefined): string {
  const root = type.group === '' ? `/api/${type.version}` : `/apis/${type.group}/${type.version}`;
  const scope = type.namespaced && namespace !== undefined ? `/namespaces/${pathSegment(namespace)}` : '';
  return `${root}${scope}/${type.plural}`;
}

/** @throws KubeApiError when a name is missing or could lead to another path: names may come from a language model. */
export function objectPath(
  type: ResourceType,
  key: ObjectName | { namespace?: string | undefined; name: string },
): string {
  if (type.namespaced && key.namespace === undefined) throw invalid(`${type.kind} ${key.name} lacks a namespace`);
  return `${collectionPath(type, key.namespace)}/${pathSegment(key.name)}`;
}

export function withQuery(path: string, parameters: QueryParameters): string {
  const text = Object.entries(parameters)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`)
    .join('&');
  return text === '' ? path : `${path}?${text}`;
}

export function pathSegment(name: string): string {
  if (name === '' || name === '.' || name === '..') throw invalid(`"${name}" is not a name`);
  return encodeURIComponent(name);
}

function invalid(message: string): KubeApiError {
  return new KubeApiError({ status: 400, reason: 'BadRequest', message });
}
