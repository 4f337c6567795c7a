import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  requireBucketName,
  requireNewBucketName,
  requirePrefix,
  requireReference,
} from '../backends/s3/object-names.ts';
import { ObjectStoreRefusedError } from '../backends/s3/object-store-refused-error.ts';
import type {
  Bucket,
  NewObject,
  ObjectCopy,
  ObjectQuery,
  ObjectRead,
  ObjectReference,
  ObjectStat,
  ObjectStore,
  ObjectStoreScope,
  ObjectStoreSource,
  ObjectVersion,
  OpenedObject,
  PresignedLink,
  PutOutcome,
  StoredObject,
  Written,
} from '../backends/s3/object-store.ts';
import type { Clock } from '../base/clock.ts';
import { FakeClock } from './fake-clock.ts';

interface Content {
  readonly body: Buffer;
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly modifiedAt: string;
  readonly etag: string;
  readonly versionId: string;
  readonly isDeletion: boolean;
}

interface FakeBucket extends Bucket {
  readonly isVersioned: boolean;
  /** By key, newest first. */
  readonly contents: Map<string, readonly Content[]>;
}

interface Prepared {
  readonly contentType?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
  /** RFC 3339; now when absent. */
  readonly modifiedAt?: string;
}

/** An object store in memory, with one account that may do everything. */
export class FakeObjectStore implements ObjectStoreSource {
  /** How many requests have come, of all kinds; a listing counts for every page of 1,000. */
  requests = 0;
  readonly #clock: Clock;
  readonly #buckets = new Map<string, FakeBucket>();
  readonly #failures: Error[] = [];
  #versions = 0;

  constructor(options: { clock?: Clock } = {}) {
    this.#clock = options.clock ?? new FakeClock();
  }

  store(scope: Pick<ObjectStoreScope, 'signal'>): Promise<ObjectStore> {
    return Promise.resolve(this.bind(scope.signal));
  }

  // --- what tests prepare and look at -------------------------------------------------------------------------------

  addBucket(name: string, { isVersioned = false, createdAt = this.#clock.now().toISOString() } = {}): void {
    this.#buckets.set(name, { name, createdAt, isVersioned, contents: new Map() });
  }

  /** Makes the bucket too when there is none; returns the ETag. */
  addObject({ bucket, key }: ObjectReference, body: string | Uint8Array, prepared: Prepared = {}): string {
    if (!this.#buckets.has(bucket)) this.addBucket(bucket);
    const { contentType = 'application/octet-stream', metadata = {}, ...rest } = prepared;
    return this.#write({ bucket, key, body: Buffer.from(body as string), contentType, metadata }, rest).etag;
  }

  /** Undefined when there is no such object. */
  textOf({ bucket, key }: ObjectReference): string | undefined {
    return this.#current({ bucket, key })?.body.toString('utf8');
  }

  keysOf(bucket: string): readonly string[] {
    return [...(this.#buckets.get(bucket)?.contents.keys() ?? [])]
      .filter((key) => this.#current({ bucket, key }))
      .sort();
  }

  /** The next request ends with this error. */
  failNext(error: Error): void {
    this.#failures.push(error);
  }

  // --- ObjectStore --------------------------------------------------------------------------------------------------

  bind(signal: AbortSignal): ObjectStore {
    const admit = async () => {
      await Promise.resolve();
      signal.throwIfAborted();
      this.requests += 1;
      const failure = this.#failures.shift();
      if (failure) throw failure;
    };
    const after =
      <Argument extends readonly unknown[], Result>(work: (...given: Argument) => Result) =>
      async (...given: Argument): Promise<Result> => {
        await admit();
        return work(...given);
      };
    return {
      listBuckets: after(() => this.#listBuckets()),
      createBucket: after((bucket: string) => this.#createBucket(bucket)),
      listObjects: (query) => this.#listObjects(query, admit),
      stat: after((object: ObjectReference) => this.#stat(object)),
      listVersions: after((object: ObjectReference, limit: number) => this.#listVersions(object).slice(0, limit)),
      getTags: after((object: ObjectReference) => this.#require(object).tags),
      open: after((read: ObjectRead) => this.#open(read, signal)),
      put: after((object: NewObject) => this.#put(object)),
      copy: after((copy: ObjectCopy) => this.#copy(copy)),
      remove: after((object: ObjectReference) => {
        this.#remove(object);
      }),
      presign: after((link: PresignedLink) => this.#presign(link)),
    };
  }

  #listBuckets(): readonly Bucket[] {
    const buckets = [...this.#buckets.values()].map(({ name, createdAt }) => ({ name, createdAt }));
    return buckets.sort((left, right) => (left.name < right.name ? -1 : 1));
  }

  #createBucket(bucket: string): 'created' | 'exists' {
    requireNewBucketName(bucket);
    if (this.#buckets.has(bucket)) return 'exists';
    this.addBucket(bucket);
    return 'created';
  }

  async *#listObjects(
    { bucket, prefix = '', startAfter }: ObjectQuery,
    admit: () => Promise<void>,
  ): AsyncIterable<StoredObject> {
    requireBucketName(bucket);
    requirePrefix(prefix);
    await admit();
    const { contents } = this.#bucket(bucket);
    const keys = [...contents.keys()]
      .filter((key) => key.startsWith(prefix) && this.#current({ bucket, key }) !== undefined)
      .sort(inUtf8Order)
      .filter((key) => startAfter === undefined || inUtf8Order(key, startAfter) > 0);
    for (const [index, key] of keys.entries()) {
      if (index > 0 && index % 1_000 === 0) await admit();
      const object = this.#current({ bucket, key });
      if (object)
        yield { bucket, key, sizeBytes: object.body.byteLength, modifiedAt: object.modifiedAt, etag: object.etag };
    }
  }

  #stat(object: ObjectReference): ObjectStat | undefined {
    requireReference(object);
    // As HEAD does: a bucket that is not there looks like an object that is not there.
    const found = this.#current(object);
    if (!found) return undefined;
    const { isVersioned } = this.#bucket(object.bucket);
    const { body, contentType, metadata, modifiedAt, etag, versionId } = found;
    return {
      bucket: object.bucket,
      key: object.key,
      sizeBytes: body.byteLength,
      modifiedAt,
      etag,
      contentType,
      metadata,
      ...(isVersioned && { versionId }),
    };
  }

  #listVersions(object: ObjectReference): readonly ObjectVersion[] {
    requireReference(object);
    const { isVersioned, contents } = this.#bucket(object.bucket);
    if (!isVersioned) return [];
    return (contents.get(object.key) ?? []).map(({ versionId, body, modifiedAt, isDeletion }, index) => ({
      versionId,
      sizeBytes: body.byteLength,
      modifiedAt,
      isLatest: index === 0,
      isDeletion,
    }));
  }

  #open(read: ObjectRead, signal: AbortSignal): OpenedObject {
    requireReference(read);
    const { body, etag, contentType } = this.#require(read);
    const { offsetBytes = 0, lengthBytes = body.byteLength, ifMatch } = read;
    if (ifMatch !== undefined && ifMatch !== etag) throw changed(read);
    const part = body.subarray(offsetBytes, offsetBytes + lengthBytes);
    return { body: bodyOf(part, signal), sizeBytes: body.byteLength, etag, contentType };
  }

  #put(object: NewObject): PutOutcome {
    requireReference(object);
    this.#bucket(object.bucket);
    const current = this.#current(object);
    if (object.ifAbsent === true && current) return { kind: 'unmet' };
    if (object.ifMatch !== undefined && object.ifMatch !== current?.etag) return { kind: 'unmet' };
    return { kind: 'stored', ...this.#write(object, {}) };
  }

  #copy({ from, to, ifSourceMatch }: ObjectCopy): Written {
    requireReference(from);
    requireReference(to);
    const source = this.#require(from);
    this.#bucket(to.bucket);
    if (source.etag !== ifSourceMatch) throw changed(from);
    return this.#write({ ...to, body: source.body }, {});
  }

  #remove(object: ObjectReference): void {
    requireReference(object);
    const { isVersioned, contents } = this.#bucket(object.bucket);
    const before = contents.get(object.key);
    if (!before) return;
    if (!isVersioned) contents.delete(object.key);
    else if (this.#current(object)) this.#append(object, { ...contentOf(Buffer.alloc(0)), isDeletion: true });
  }

  #presign({ bucket, key, expiresInSeconds }: PresignedLink): string {
    requireReference({ bucket, key });
    return `https://store.example/${bucket}/${encodeURI(key)}?X-Amz-Expires=${expiresInSeconds}`;
  }

  // --- what is stored -----------------------------------------------------------------------------------------------

  #write(object: NewObject, { tags = {}, modifiedAt }: Pick<Prepared, 'tags' | 'modifiedAt'>): Written {
    const { contentType, metadata = {} } = object;
    const content = { ...contentOf(Buffer.from(object.body)), contentType, metadata, tags };
    const { etag, versionId } = this.#append(object, { ...content, ...(modifiedAt !== undefined && { modifiedAt }) });
    return { etag, ...(this.#bucket(object.bucket).isVersioned && { versionId }) };
  }

  #append(
    { bucket, key }: ObjectReference,
    content: Omit<Content, 'modifiedAt' | 'versionId'> & Partial<Content>,
  ): Content {
    const { contents, isVersioned } = this.#bucket(bucket);
    const written = {
      ...content,
      modifiedAt: content.modifiedAt ?? this.#clock.now().toISOString(),
      versionId: `version-${++this.#versions}`,
    };
    contents.set(key, [written, ...(isVersioned ? (contents.get(key) ?? []) : [])]);
    return written;
  }

  #current({ bucket, key }: ObjectReference): Content | undefined {
    const newest = this.#buckets.get(bucket)?.contents.get(key)?.[0];
    return newest?.isDeletion === true ? undefined : newest;
  }

  #bucket(name: string): FakeBucket {
    requireBucketName(name);
    const bucket = this.#buckets.get(name);
    if (!bucket) throw new ObjectStoreRefusedError('NoSuchBucket', `There is no bucket ${name}.`);
    return bucket;
  }

  #require(object: ObjectReference): Content {
    this.#bucket(object.bucket);
    const content = this.#current(object);
    if (!content)
      throw new ObjectStoreRefusedError('NoSuchObject', `There is no object ${object.bucket}/${object.key}.`);
    return content;
  }
}

function contentOf(body: Buffer) {
  const etag = createHash('md5').update(body).digest('hex');
  return { body, etag, contentType: 'application/octet-stream', metadata: {}, tags: {}, isDeletion: false };
}

function changed({ bucket, key }: ObjectReference): ObjectStoreRefusedError {
  return new ObjectStoreRefusedError('Changed', `The object ${bucket}/${key} has changed meanwhile.`);
}

function inUtf8Order(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

function bodyOf(content: Buffer, signal: AbortSignal): Readable {
  const chunkBytes = 64 * 1024;
  const chunks = Array.from({ length: Math.ceil(content.byteLength / chunkBytes) }, (_, index) =>
    content.subarray(index * chunkBytes, (index + 1) * chunkBytes),
  );
  const body = Readable.from(chunks, { objectMode: false });
  const stop = () => body.destroy(signal.reason as Error);
  signal.addEventListener('abort', stop, { once: true });
  body.once('close', () => {
    signal.removeEventListener('abort', stop);
  });
  return body;
}
