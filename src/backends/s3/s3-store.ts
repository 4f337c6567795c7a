import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { valueIn } from './answer-elements.ts';
import { metadataHeaders, rangeOf, statOf, wholeSizeOf, writtenOf } from './object-headers.ts';
import { ObjectBody } from './object-body.ts';
import { requireBucketName, requireNewBucketName, requirePrefix, requireReference } from './object-names.ts';
import { ObjectStoreRefusedError } from './object-store-refused-error.ts';
import {
  maxPutBytes,
  type NewObject,
  type ObjectCopy,
  type ObjectQuery,
  type ObjectRead,
  type ObjectReference,
  type ObjectStat,
  type ObjectStore,
  type ObjectVersion,
  type OpenedObject,
  type PresignedLink,
  type PutOutcome,
  type StoredObject,
  type Written,
} from './object-store.ts';
import { parseBuckets, parseFailure, parseObjects, parseTags, parseVersions } from './parse-answers.ts';
import { escaped, S3Connection, type S3Answer } from './s3-connection.ts';
import { S3Failure } from './s3-failure.ts';
import type { S3Settings } from './s3-settings.ts';
import { translateFailure } from './translate-failure.ts';

/** Connections to one store, kept for many calls. */
export interface S3Store {
  /** A view whose requests and streams end with the signal. */
  bind(signal: AbortSignal): ObjectStore;
  /** Closes idle connections. */
  close(): void;
}

/** @throws TerminalError when an endpoint is none. */
export function createS3Store(settings: S3Settings): S3Store {
  const connection = new S3Connection(settings);
  return {
    bind: (signal) => new BoundS3Store({ connection, settings, signal }),
    close: () => {
      connection.close();
    },
  };
}

interface Binding {
  readonly connection: S3Connection;
  readonly settings: S3Settings;
  readonly signal: AbortSignal;
}

const pageSize = 1_000;
const slowestUploadBytesPerMs = 1_000;
const copyExtraMs = 600_000;

class BoundS3Store implements ObjectStore {
  readonly #connection: S3Connection;
  readonly #settings: S3Settings;
  readonly #signal: AbortSignal;

  constructor({ connection, settings, signal }: Binding) {
    this.#connection = connection;
    this.#settings = settings;
    this.#signal = signal;
  }

  async listBuckets() {
    const { text } = await this.#connection.ask({ method: 'GET' }, this.#signal);
    return parseBuckets(text);
  }

  async createBucket(bucket: string): Promise<'created' | 'exists'> {
    requireNewBucketName(bucket);
    const { region } = this.#settings;
    const body =
      region === 'us-east-1'
        ? Buffer.alloc(0)
        : Buffer.from(
            `<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`,
          );
    try {
      await this.#connection.ask({ method: 'PUT', bucket, body }, this.#signal);
      return 'created';
    } catch (error) {
      if (failedWith(error, 'BucketAlreadyOwnedByYou')) return 'exists';
      throw error;
    }
  }

  async *listObjects({ bucket, prefix = '', startAfter }: ObjectQuery): AsyncIterable<StoredObject> {
    requireBucketName(bucket);
    requirePrefix(prefix);
    let continuation: string | undefined;
    do {
      const { text } = await this.#connection.ask(
        {
          method: 'GET',
          bucket,
          query: {
            'list-type': '2',
            'encoding-type': 'url',
            'max-keys': String(pageSize),
            prefix,
            ...(startAfter !== undefined && { 'start-after': startAfter }),
            ...(continuation !== undefined && { 'continuation-token': continuation }),
          },
        },
        this.#signal,
      );
      const page = parseObjects(text);
      for (const object of page.objects) yield { bucket, ...object };
      continuation = page.continuation;
    } while (continuation !== undefined);
  }

  async stat(object: ObjectReference): Promise<ObjectStat | undefined> {
    requireReference(object);
    const { bucket, key } = object;
    try {
      const { headers } = await this.#connection.ask({ method: 'HEAD', bucket, key }, this.#signal);
      return statOf(object, headers);
    } catch (error) {
      if (error instanceof ObjectStoreRefusedError && error.code === 'NoSuchObject') return undefined;
      throw error;
    }
  }

  async listVersions(object: ObjectReference, limit: number): Promise<readonly ObjectVersion[]> {
    requireReference(object);
    const { bucket, key } = object;
    const query = { versions: '', prefix: key, 'encoding-type': 'url', 'max-keys': String(Math.min(limit, pageSize)) };
    const answer = await this.#askIfOffered({ bucket, query });
    const versions = answer === undefined ? [] : parseVersions(answer.text, key);
    const isVersioned = versions.some(({ versionId }) => versionId !== 'null' && versionId !== '');
    return isVersioned ? versions.slice(0, limit) : [];
  }

  async getTags(object: ObjectReference): Promise<Readonly<Record<string, string>>> {
    requireReference(object);
    const answer = await this.#askIfOffered({ ...object, query: { tagging: '' } });
    return answer === undefined ? {} : parseTags(answer.text);
  }

  async open(read: ObjectRead): Promise<OpenedObject> {
    requireReference(read);
    const { bucket, key, offsetBytes = 0, lengthBytes, ifMatch } = read;
    if (lengthBytes === 0) return this.#nothingOf(read);
    const range = rangeOf(offsetBytes, lengthBytes);
    const headers = {
      ...(range !== undefined && { range }),
      ...(ifMatch !== undefined && { 'if-match': `"${ifMatch}"` }),
    };
    try {
      const { incoming, host } = await this.#connection.open({ method: 'GET', bucket, key, headers }, this.#signal);
      const { clock } = this.#settings;
      const { idleMs: idleTimeoutMs } = this.#connection.timeouts;
      const body = new ObjectBody(incoming, { signal: this.#signal, clock, idleTimeoutMs, host });
      const stat = statOf(read, incoming.headers);
      return { body, sizeBytes: wholeSizeOf(incoming.headers), etag: stat.etag, contentType: stat.contentType };
    } catch (error) {
      if (failedWith(error, 'InvalidRange')) return this.#nothingOf(read);
      throw error;
    }
  }

  async put(object: NewObject): Promise<PutOutcome> {
    requireReference(object);
    const { bucket, key, contentType, ifAbsent = false, ifMatch, metadata = {} } = object;
    const body = Buffer.from(object.body.buffer, object.body.byteOffset, object.body.byteLength);
    if (body.byteLength > maxPutBytes) {
      throw new ObjectStoreRefusedError('TooLarge', `More than ${maxPutBytes} bytes are not written in one request.`);
    }
    const headers = {
      'content-type': contentType,
      'content-md5': createHash('md5').update(body).digest('base64'),
      ...(ifAbsent && { 'if-none-match': '*' }),
      ...(ifMatch !== undefined && { 'if-match': `"${ifMatch}"` }),
      ...metadataHeaders(metadata),
    };
    const extraMs = body.byteLength / slowestUploadBytesPerMs;
    try {
      const answer = await this.#connection.ask({ method: 'PUT', bucket, key, headers, body, extraMs }, this.#signal);
      return { kind: 'stored', ...writtenOf(answer.headers) };
    } catch (error) {
      if (isUnmet(error, object)) return { kind: 'unmet' };
      throw error;
    }
  }

  async copy({ from, to, ifSourceMatch }: ObjectCopy): Promise<Written> {
    requireReference(from);
    requireReference(to);
    const { bucket, key } = to;
    const headers = {
      'x-amz-copy-source': `/${from.bucket}/${from.key.split('/').map(escaped).join('/')}`,
      'x-amz-copy-source-if-match': `"${ifSourceMatch}"`,
      'x-amz-metadata-directive': 'REPLACE',
      'content-type': to.contentType,
      ...metadataHeaders(to.metadata ?? {}),
    };
    const request = { method: 'PUT', bucket, key, headers, extraMs: copyExtraMs } as const;
    const answer = await this.#connection.ask(request, this.#signal);
    const told = parseFailure(answer.text);
    // A copy that fails on its way has been answered with status 200 already.
    if (told)
      throw translateFailure(new S3Failure({ status: 500, ...told }), {
        host: this.#connection.endpoint.host,
        bucket,
        key,
      });
    return writtenOf({ ...answer.headers, etag: valueIn(answer.text, 'ETag') });
  }

  async remove(object: ObjectReference): Promise<void> {
    requireReference(object);
    const { bucket, key } = object;
    try {
      await this.#connection.ask({ method: 'DELETE', bucket, key }, this.#signal);
    } catch (error) {
      if (!(error instanceof ObjectStoreRefusedError) || error.code !== 'NoSuchObject') throw error;
    }
  }

  async presign({ bucket, key, expiresInSeconds }: PresignedLink): Promise<string> {
    requireReference({ bucket, key });
    this.#signal.throwIfAborted();
    // A browser saves it, whatever is in it: a page from the store would otherwise run as one of its host.
    const name = key.split('/').at(-1) ?? key;
    const disposition = `attachment; filename*=UTF-8''${escaped(name)}`;
    const client = this.#connection.linkClient();
    const parameters = { 'response-content-disposition': disposition };
    return client.presignedUrl('GET', bucket, key, expiresInSeconds, parameters, this.#settings.clock.now());
  }

  /** Undefined when the store does not offer it, or not to these keys. */
  async #askIfOffered(request: {
    readonly bucket: string;
    readonly key?: string;
    readonly query: Readonly<Record<string, string>>;
  }): Promise<S3Answer | undefined> {
    const { bucket, key, query } = request;
    try {
      return await this.#connection.ask(
        { method: 'GET', bucket, ...(key !== undefined && { key }), query },
        this.#signal,
      );
    } catch (error) {
      const isRefused = error instanceof ObjectStoreRefusedError && ['AccessDenied', 'Rejected'].includes(error.code);
      if (isRefused || failedWith(error, 'NoSuchTagSet')) return undefined;
      throw error;
    }
  }

  async #nothingOf(read: ObjectRead): Promise<OpenedObject> {
    const stat = await this.stat(read);
    const { bucket, key } = read;
    if (!stat) throw new ObjectStoreRefusedError('NoSuchObject', `There is no object ${bucket}/${key}.`);
    const { sizeBytes, etag, contentType } = stat;
    return { body: Readable.from([], { objectMode: false }), sizeBytes, etag, contentType };
  }
}

/** The condition of a put did not hold; an object that should have had an ETag may be gone altogether. */
function isUnmet(error: unknown, { ifMatch }: Pick<NewObject, 'ifMatch'>): boolean {
  if (!(error instanceof ObjectStoreRefusedError)) return false;
  return error.code === 'Changed' || (ifMatch !== undefined && error.code === 'NoSuchObject');
}

function failedWith(error: unknown, code: string): boolean {
  return error instanceof Error && error.cause instanceof S3Failure && error.cause.code === code;
}
