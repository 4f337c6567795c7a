import { type KubeObject, type ObjectName } from '../kube/kube-client.ts';
import { type ObjectKey } from './reconciler.ts';

/** Objects without a namespace get an empty one: `/name`. */
export function keyOf(object: KubeObject): ObjectKey {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}

export function objectKey(namespace: string, name: string): ObjectKey {
  return `${namespace}/${name}`;
}

export function namespaceOf(key: ObjectKey): string {
  return key.slice(0, key.indexOf('/'));
}

export function nameOf(key: ObjectKey): ObjectName {
  const namespace = namespaceOf(key);
  const name = key.slice(namespace.length + 1);
  return namespace === '' ? { name } : { namespace, name };
}
