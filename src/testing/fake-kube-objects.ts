import { canonicalJson } from '../base/digest.ts';
import { KubeApiError } from '../kube/errors.ts';
import { type KubeObject, type ResourceType } from '../kube/kube-client.ts';

/** What FakeKube keeps of an object: the port's fields and those that an API server maintains. */
export interface StoredObject extends KubeObject {
  readonly metadata: KubeObject['metadata'] & {
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
    readonly generation?: number;
    readonly finalizers?: readonly string[];
  };
  readonly spec?: unknown;
  readonly status?: unknown;
}

/** An ObjectName or an object's own metadata. */
export interface NamedKey {
  readonly namespace?: string | undefined;
  readonly name: string;
}

export function resourceOf(type: ResourceType): string {
  return type.group === '' ? type.plural : `${type.plural}.${type.group}`;
}

export function pathOf(type: ResourceType, key: NamedKey): string {
  return `${resourceOf(type)}/${type.namespaced ? (key.namespace ?? '') : ''}/${key.name}`;
}

export function apiVersionOf(type: ResourceType): string {
  return type.group === '' ? type.version : `${type.group}/${type.version}`;
}

/** Timestamps of the API have no fractions. */
export function wholeSeconds(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}

export function notFound(type: ResourceType, key: NamedKey): KubeApiError {
  return new KubeApiError({ status: 404, reason: 'NotFound', message: `${resourceOf(type)} "${key.name}" not found` });
}

export function alreadyExists(type: ResourceType, key: NamedKey): KubeApiError {
  const message = `${resourceOf(type)} "${key.name}" already exists`;
  return new KubeApiError({ status: 409, reason: 'AlreadyExists', message });
}

export function conflict(type: ResourceType, key: NamedKey, why: string): KubeApiError {
  const message = `Operation cannot be fulfilled on ${resourceOf(type)} "${key.name}": ${why}`;
  return new KubeApiError({ status: 409, reason: 'Conflict', message });
}

/** An object without a resourceVersion overwrites, as with the real API. */
export function requireSameVersion(type: ResourceType, before: KubeObject, object: KubeObject): void {
  const { resourceVersion, uid } = object.metadata;
  if (uid !== undefined && uid !== before.metadata.uid) throw conflict(type, object.metadata, 'the UID does not match');
  if (resourceVersion !== undefined && resourceVersion !== before.metadata.resourceVersion) {
    throw conflict(
      type,
      object.metadata,
      'the object has been modified; please apply your changes to the latest version',
    );
  }
}

export function sameButVersion(left: KubeObject, right: KubeObject): boolean {
  return withoutVersion(left) === withoutVersion(right);
}

function withoutVersion(object: KubeObject): string {
  return canonicalJson({ ...object, metadata: { ...object.metadata, resourceVersion: undefined } });
}

/** RFC 7386. */
export function applyMergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const result: Record<string, unknown> = isRecord(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) Reflect.deleteProperty(result, name);
    else result[name] = applyMergePatch(result[name], value);
  }
  return result;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
