import type { PdfReader } from '../../backends/pdf/pdf-reader.ts';
import type { ObjectStore, StoredObject } from '../../backends/s3/object-store.ts';
import { contentKindOf, decodeDocument } from './decode-document.ts';
import {
  type DocumentSource,
  maxDocumentBytes,
  type OfferedDocument,
  type Reading,
  tooLarge,
} from './document-source.ts';
import { readUpTo } from './read-body.ts';

export interface ObjectStoreSettings {
  readonly source: string;
  readonly knowledgeBase: string;
  readonly bucket: string;
  readonly prefix: string;
}

export interface ObjectPorts {
  readonly openStore: (signal: AbortSignal) => Promise<ObjectStore>;
  readonly pdf: PdfReader;
}

/** Every object below the prefix whose ending says that it is a document. Its version is its ETag. */
export function objectStoreSource(settings: ObjectStoreSettings, { openStore, pdf }: ObjectPorts): DocumentSource {
  const { source, bucket, prefix } = settings;
  return {
    name: source,
    async *documents(signal) {
      const store = await openStore(signal);
      for await (const object of store.listObjects({ bucket, prefix })) {
        const isDocument = contentKindOf(object.key) !== undefined && object.sizeBytes > 0;
        if (isDocument) yield offer(settings, object, { store, pdf, signal });
      }
    },
  };
}

interface Reach {
  readonly store: ObjectStore;
  readonly pdf: PdfReader;
  readonly signal: AbortSignal;
}

function offer(
  { source, knowledgeBase, prefix }: ObjectStoreSettings,
  object: StoredObject,
  reach: Reach,
): OfferedDocument {
  const path = `${source}/${object.key.slice(prefix.endsWith('/') ? prefix.length : 0)}`;
  return {
    path,
    read: (known) => {
      if (known === object.etag) return Promise.resolve({ kind: 'unchanged' });
      if (object.sizeBytes > maxDocumentBytes) return Promise.resolve(tooLarge(object.key, object.sizeBytes));
      return read({ knowledgeBase, path }, object, reach);
    },
  };
}

async function read(
  identity: { readonly knowledgeBase: string; readonly path: string },
  { bucket, key, sizeBytes }: StoredObject,
  { store, pdf, signal }: Reach,
): Promise<Reading> {
  const { body, etag, contentType } = await store.open({ bucket, key });
  const bytes = await readUpTo(body, maxDocumentBytes);
  if (bytes === undefined) return tooLarge(key, sizeBytes);
  const kind = contentKindOf(key) ?? 'text';
  const decoded = await decodeDocument({ name: key, kind, bytes, contentType, signal }, pdf);
  if (decoded.kind === 'skipped') return decoded;
  const { format, content } = decoded;
  return { kind: 'content', version: etag, document: { ...identity, url: `s3://${bucket}/${key}`, format, content } };
}
