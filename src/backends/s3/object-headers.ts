import type { IncomingMessage } from 'node:http';
import type { ObjectReference, ObjectStat, Written } from './object-store.ts';
import { plainEtag } from './parse-answers.ts';

/** Undefined: the whole object. */
export function rangeOf(offsetBytes: number, lengthBytes: number | undefined): string | undefined {
  if (offsetBytes === 0 && lengthBytes === undefined) return undefined;
  return `bytes=${offsetBytes}-${lengthBytes === undefined ? '' : offsetBytes + lengthBytes - 1}`;
}

export function metadataHeaders(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]));
}

type Headers = IncomingMessage['headers'];

export function statOf({ bucket, key }: ObjectReference, headers: Headers): ObjectStat {
  const metadata = Object.entries(headers)
    .filter(([name]) => name.startsWith('x-amz-meta-'))
    .map(([name, value]) => [name.slice('x-amz-meta-'.length), String(value)] as const);
  return {
    bucket,
    key,
    sizeBytes: Number(headers['content-length'] ?? 0),
    modifiedAt: new Date(headers['last-modified'] ?? 0).toISOString(),
    contentType: headers['content-type'] ?? 'application/octet-stream',
    metadata: Object.fromEntries(metadata),
    ...writtenOf(headers),
  };
}

export function writtenOf(headers: Headers): Written {
  const versionId = headers['x-amz-version-id'];
  const isVersioned = typeof versionId === 'string' && versionId !== 'null' && versionId !== '';
  return { etag: plainEtag(headers.etag ?? ''), ...(isVersioned && { versionId }) };
}

export function wholeSizeOf(headers: Headers): number {
  const total = /\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1];
  return Number(total ?? headers['content-length'] ?? 0);
}
