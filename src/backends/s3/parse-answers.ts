import { TerminalError } from '../../base/errors.ts';
import { elementsIn, isAnswer, valueIn } from './answer-elements.ts';
import type { Bucket, ObjectVersion } from './object-store.ts';

/**
 * The answers of S3, with keys that are texts whatever they look like: the minio package's own parser makes 12 of the
 * key `0012` and cuts spaces off, so its lists are not used.
 */

export function parseBuckets(text: string): readonly Bucket[] {
  requireAnswer(text, 'ListAllMyBucketsResult');
  return elementsIn(text, 'Bucket').map((bucket) => ({
    name: required(bucket, 'Name'),
    createdAt: momentIn(bucket, 'CreationDate'),
  }));
}

export interface ObjectPage {
  readonly objects: readonly { key: string; sizeBytes: number; modifiedAt: string; etag: string }[];
  /** Absent on the last page. */
  readonly continuation?: string;
}

export function parseObjects(text: string): ObjectPage {
  requireAnswer(text, 'ListBucketResult');
  const isEncoded = hasEncodedKeys(text);
  const objects = elementsIn(text, 'Contents').map((object) => ({
    key: keyIn(object, isEncoded),
    sizeBytes: sizeIn(object),
    modifiedAt: momentIn(object, 'LastModified'),
    etag: plainEtag(valueIn(object, 'ETag') ?? ''),
  }));
  const continuation = valueIn(text, 'NextContinuationToken');
  const isTruncated = valueIn(text, 'IsTruncated') === 'true';
  return { objects, ...(isTruncated && continuation !== undefined && { continuation }) };
}

/** The versions of one key, newest first; those of keys that only begin so are left out. */
export function parseVersions(text: string, key: string): readonly ObjectVersion[] {
  requireAnswer(text, 'ListVersionsResult');
  const isEncoded = hasEncodedKeys(text);
  const ofKey = (name: string) => elementsIn(text, name).filter((version) => keyIn(version, isEncoded) === key);
  const versions = ofKey('Version').map((version) => ({
    ...versionOf(version),
    sizeBytes: sizeIn(version),
    isDeletion: false,
  }));
  const deletions = ofKey('DeleteMarker').map((marker) => ({ ...versionOf(marker), sizeBytes: 0, isDeletion: true }));
  return [...versions, ...deletions].sort((left, right) => {
    if (left.isLatest !== right.isLatest) return left.isLatest ? -1 : 1;
    return Date.parse(right.modifiedAt) - Date.parse(left.modifiedAt);
  });
}

function versionOf(version: string) {
  return {
    versionId: required(version, 'VersionId'),
    modifiedAt: momentIn(version, 'LastModified'),
    isLatest: valueIn(version, 'IsLatest') === 'true',
  };
}

export function parseTags(text: string): Readonly<Record<string, string>> {
  requireAnswer(text, 'Tagging');
  const tags = elementsIn(text, 'Tag').map((tag) => [required(tag, 'Key'), valueIn(tag, 'Value') ?? ''] as const);
  return Object.fromEntries(tags);
}

/** The error document, which a copy may carry even under status 200; undefined when the text is none. */
export function parseFailure(text: string): { readonly code: string; readonly message: string } | undefined {
  if (!isAnswer(text, 'Error')) return undefined;
  return { code: valueIn(text, 'Code') ?? '', message: valueIn(text, 'Message') ?? '' };
}

/** ETags come in quotes. */
export function plainEtag(text: string): string {
  return text.replaceAll('"', '');
}

function keyIn(element: string, isEncoded: boolean): string {
  const key = required(element, 'Key');
  return isEncoded ? decodeURIComponent(key.replaceAll('+', ' ')) : key;
}

/** Keys are asked for in this form, because XML cannot carry all characters; not every store complies. */
function hasEncodedKeys(text: string): boolean {
  return valueIn(text, 'EncodingType') === 'url';
}

function sizeIn(element: string): number {
  const sizeBytes = Number(required(element, 'Size'));
  if (!Number.isSafeInteger(sizeBytes)) throw notAnObjectStore();
  return sizeBytes;
}

function momentIn(element: string, name: string): string {
  const time = Date.parse(required(element, name));
  if (Number.isNaN(time)) throw notAnObjectStore();
  return new Date(time).toISOString();
}

function required(element: string, name: string): string {
  const value = valueIn(element, name);
  if (value === undefined) throw notAnObjectStore();
  return value;
}

function requireAnswer(text: string, root: string): void {
  if (!isAnswer(text, root)) throw notAnObjectStore();
}

function notAnObjectStore(): TerminalError {
  return new TerminalError(
    'NotAnObjectStore',
    'The object store answers, but not with what S3 prescribes; check backends.objectStore.endpoint (the S3 port instead of a console’s).',
  );
}
