import { Client } from 'minio';
import { text } from 'node:stream/consumers';
import { type ObjectStoreAccess } from '../support/object-store.ts';

export interface ObjectVersion {
  readonly key: string;
  readonly content: string;
}

interface Listed {
  readonly name: string;
  readonly versionId: string;
  readonly isDeleteMarker?: boolean;
}

/** A bucket that forgets nothing: whatever was written twice is there twice. */
export class VersionedBucket {
  readonly name: string;
  readonly #client: Client;

  private constructor(name: string, client: Client) {
    this.name = name;
    this.#client = client;
  }

  static async make(name: string, { endpoint, accessKeyId, secretAccessKey }: ObjectStoreAccess) {
    const { hostname, port, protocol } = new URL(endpoint);
    const client = new Client({
      endPoint: hostname,
      port: Number(port),
      useSSL: protocol === 'https:',
      accessKey: accessKeyId,
      secretKey: secretAccessKey,
    });
    await client.makeBucket(name);
    await client.setBucketVersioning(name, { Status: 'Enabled' });
    return new VersionedBucket(name, client);
  }

  /** What was written, deletions aside. */
  async versions(): Promise<readonly ObjectVersion[]> {
    const written = (await this.#list()).filter(({ isDeleteMarker }) => isDeleteMarker !== true);
    return Promise.all(
      written.map(async ({ name, versionId }) => {
        const content = await text(await this.#client.getObject(this.name, name, { versionId }));
        return { key: name, content };
      }),
    );
  }

  async remove(): Promise<void> {
    await this.#client.removeObjects(this.name, await this.#list());
    await this.#client.removeBucket(this.name);
  }

  #list(): Promise<Listed[]> {
    const listing = this.#client.listObjects(this.name, '', true, { IncludeVersion: true });
    return listing.toArray() as Promise<Listed[]>;
  }
}
