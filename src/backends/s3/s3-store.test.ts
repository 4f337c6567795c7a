import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RetryableError, TerminalError } from '../../base/errors.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { ObjectStoreRefusedError } from './object-store-refused-error.ts';
import type { ObjectStore } from './object-store.ts';
import { createS3Store, type S3Store } from './s3-store.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A server that answers as a test says: what a healthy store never does. */
let server: Server;
let answer: Answer;
let requests: string[];
let clock: FakeClock;
let s3: S3Store;
let controller: AbortController;
let store: ObjectStore;

beforeEach(async () => {
  requests = [];
  server = createServer((request, response) => {
    requests.push(`${request.method ?? ''} ${request.url ?? ''}`);
    request.resume();
    request.on('end', () => {
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  clock = new FakeClock();
  s3 = createS3Store(settingsFor(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  controller = new AbortController();
  store = s3.bind(controller.signal);
});

afterEach(async () => {
  s3.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const settingsFor = (endpoint: string) => ({
  endpoint,
  region: 'us-east-1',
  accessKeyId: 'me',
  secretAccessKey: 'secret',
  clock,
});
const place = { bucket: 'raw', key: 'a.txt' };
const stored = { 'content-length': '0', 'last-modified': 'Tue, 01 Sep 2026 10:00:00 GMT', etag: '"abc"' };

const failing =
  (status: number, code?: string, message = 'the words of the store'): Answer =>
  (_request, response) => {
    const text =
      code === undefined ? '' : `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
    response.writeHead(status, { 'content-type': 'application/xml' }).end(text);
  };

async function thrownBy(work: Promise<unknown>): Promise<Error> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof Error) return thrown;
  throw new Error('nothing was thrown');
}

describe('answers that say no', () => {
  const cases: Record<string, { answer: Answer; type: new (...given: never[]) => Error; code: string; words: string }> =
    {
      'a bucket that is not there': {
        answer: failing(404, 'NoSuchBucket'),
        type: ObjectStoreRefusedError,
        code: 'NoSuchBucket',
        words: 'There is no bucket raw.',
      },
      'an object that is not there': {
        answer: failing(404, 'NoSuchKey'),
        type: ObjectStoreRefusedError,
        code: 'NoSuchObject',
        words: 'There is no object raw/a.txt.',
      },
      'a missing right': {
        answer: failing(403, 'AccessDenied'),
        type: ObjectStoreRefusedError,
        code: 'AccessDenied',
        words: 'no right to do this with raw/a.txt',
      },
      'a name the store does not take': {
        answer: failing(400, 'XMinioInvalidObjectName'),
        type: ObjectStoreRefusedError,
        code: 'InvalidName',
        words: 'the words of the store',
      },
      'an object in an archive': {
        answer: failing(403, 'InvalidObjectState'),
        type: ObjectStoreRefusedError,
        code: 'Archived',
        words: 'in an archive',
      },
      'a code nobody foresaw': {
        answer: failing(400, 'Strange'),
        type: ObjectStoreRefusedError,
        code: 'Rejected',
        words: 'the words of the store (Strange).',
      },
      'something not implemented': {
        answer: failing(501, 'NotImplemented'),
        type: ObjectStoreRefusedError,
        code: 'Rejected',
        words: 'NotImplemented',
      },
      'an unknown access key': {
        answer: failing(403, 'InvalidAccessKeyId'),
        type: TerminalError,
        code: 'InvalidAccessKey',
        words: 'correct accessKeyId in the Secret',
      },
      'a wrong secret key': {
        answer: failing(403, 'SignatureDoesNotMatch'),
        type: TerminalError,
        code: 'WrongSecretKey',
        words: 'correct secretAccessKey in the Secret',
      },
      'clocks that differ': {
        answer: failing(403, 'RequestTimeTooSkewed'),
        type: TerminalError,
        code: 'ClockSkew',
        words: 'synchronise the clocks',
      },
      'another region': {
        answer: failing(400, 'AuthorizationHeaderMalformed'),
        type: TerminalError,
        code: 'WrongRegion',
        words: 'backends.objectStore.region',
      },
      'keys that have expired': {
        answer: failing(400, 'ExpiredToken'),
        type: TerminalError,
        code: 'ExpiredKeys',
        words: 'renew them',
      },
      'a full store': {
        answer: failing(507, 'XMinioStorageFull'),
        type: TerminalError,
        code: 'StoreFull',
        words: 'free space',
      },
      'a page of something else': {
        answer: (_request, response) =>
          response.writeHead(404, { 'content-type': 'text/html' }).end('<html>nothing here</html>'),
        type: ObjectStoreRefusedError,
        code: 'NoSuchObject',
        words: 'There is no object raw/a.txt.',
      },
      'TLS wanted, HTTP spoken': {
        answer: (_request, response) =>
          response.writeHead(400).end('Client sent an HTTP request to an HTTPS server.\n'),
        type: TerminalError,
        code: 'NotAnObjectStore',
        words: 'check backends.objectStore.endpoint (scheme',
      },
      overload: {
        answer: failing(503, 'SlowDown'),
        type: RetryableError,
        code: 'ObjectStoreUnavailable',
        words: 'cannot serve now: the words of the store (SlowDown).',
      },
      'a fault of the store': {
        answer: failing(500, 'InternalError'),
        type: RetryableError,
        code: 'ObjectStoreUnavailable',
        words: 'cannot serve now',
      },
      'a gateway without a store behind it': {
        answer: failing(502),
        type: RetryableError,
        code: 'ObjectStoreUnavailable',
        words: 'HTTP 502',
      },
    };
  test.each(Object.entries(cases))('%s', async (_name, { answer: given, type, code, words }) => {
    answer = given;
    const error = await thrownBy(store.open(place));
    expect(error).toBeInstanceOf(type);
    expect(error).toMatchObject(type === ObjectStoreRefusedError ? { code } : { reason: code });
    expect(error.message).toContain(words);
    expect(error.message).not.toContain('secret"');
    expect(requests).toHaveLength(1);
  });

  test('the time that an overloaded store asks for is kept', async () => {
    answer = (_request, response) => response.writeHead(503, { 'retry-after': '7' }).end();
    expect(await thrownBy(store.stat(place))).toMatchObject({ retryAfterMs: 7_000 });
  });

  test('a listing that is no XML says what to look at', async () => {
    answer = (_request, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html><p>Console</html>');
    expect(await thrownBy(store.listBuckets())).toMatchObject({ reason: 'NotAnObjectStore' });
  });

  test('a copy that fails after it was answered has failed', async () => {
    answer = failing(200, 'InternalError');
    const copying = store.copy({
      from: place,
      to: { ...place, key: 'b', contentType: 'text/plain' },
      ifSourceMatch: 'abc',
    });
    expect(await thrownBy(copying)).toBeInstanceOf(RetryableError);
  });

  test('without the right to see versions or tags there seem to be none', async () => {
    answer = failing(403, 'AccessDenied');
    expect(await store.listVersions(place, 5)).toEqual([]);
    expect(await store.getTags(place)).toEqual({});
  });
});

describe('connections', () => {
  test('one that is refused is a matter of time', async () => {
    const nobody = createS3Store(settingsFor('http://127.0.0.1:9')).bind(controller.signal);
    const error = await thrownBy(nobody.listBuckets());
    expect(error).toBeInstanceOf(RetryableError);
    expect(error.message).toBe(
      'The object store at 127.0.0.1:9 accepts no connection there; is it running, and is the port right?',
    );
  });

  test('a name without an address says so', async () => {
    const nowhere = createS3Store(settingsFor('http://store.invalid:9000')).bind(controller.signal);
    expect(await thrownBy(nowhere.listBuckets())).toBeInstanceOf(RetryableError);
  });

  test('TLS with a server that speaks none is a matter of the endpoint', async () => {
    const port = (server.address() as AddressInfo).port;
    const wrong = createS3Store(settingsFor(`https://127.0.0.1:${port}`)).bind(controller.signal);
    expect(await thrownBy(wrong.listBuckets())).toMatchObject({ reason: 'NotTls' });
  });

  test.each(['minio:9000', 'ftp://minio', 'http://minio/path', 'http://me:secret@minio', 'not an address'])(
    '%s is no endpoint, and that is said at once',
    (endpoint) => {
      expect(() => createS3Store(settingsFor(endpoint))).toThrow(TerminalError);
    },
  );

  test('a kept connection that the store has closed meanwhile is no failure of a read; a write is left to its caller', async () => {
    answer = (_request, response) => response.writeHead(200, stored).end();
    await store.stat(place);
    // Its connection goes back to the others only after the answer has been handled.
    await new Promise((resolve) => setImmediate(resolve));
    let isFirst = true;
    answer = (request, response) => {
      if (isFirst) request.socket.destroy();
      else response.writeHead(200, stored).end();
      isFirst = false;
    };
    expect(await store.stat(place)).toMatchObject({ etag: 'abc' });
    expect(requests).toHaveLength(3);
    await new Promise((resolve) => setImmediate(resolve));
    isFirst = true;
    const writing = store.put({ ...place, body: Buffer.from('x'), contentType: 'text/plain' });
    expect(await thrownBy(writing)).toBeInstanceOf(RetryableError);
    expect(requests).toHaveLength(4);
  });

  test('no answer within the time is a matter of time', async () => {
    let asked: () => void = () => undefined;
    const isAsked = new Promise<void>((resolve) => (asked = resolve));
    answer = () => {
      asked();
    };
    const asking = thrownBy(store.stat(place));
    await isAsked;
    await clock.advance(30_000);
    expect(await asking).toMatchObject({
      reason: 'ObjectStoreTimeout',
      message: expect.stringContaining('within 30 s') as string,
    });
  });

  test('the signal ends a request with its own reason', async () => {
    answer = () => {
      controller.abort(new Error('the lease was lost'));
    };
    await expect(store.stat(place)).rejects.toThrow('the lease was lost');
  });
});

describe('content that does not come', () => {
  const beginning: Answer = (_request, response) => {
    response.writeHead(200, { ...stored, 'content-length': '1000' });
    response.write('the beginning');
  };

  async function contentOf(): Promise<unknown> {
    const { body } = await store.open(place);
    for await (const chunk of body) expect(chunk).toBeDefined();
    return undefined;
  }

  test('a connection that breaks in the middle is a matter of time, never a short object', async () => {
    answer = (request, response) => {
      beginning(request, response);
      setImmediate(() => request.socket.destroy());
    };
    const error = await thrownBy(contentOf());
    expect(error).toBeInstanceOf(RetryableError);
    expect(error.message).toContain('broke the connection in the middle');
  });

  test('a store that falls silent is given up', async () => {
    answer = beginning;
    const { body } = await store.open(place);
    const reading = thrownBy(
      (async () => {
        for await (const chunk of body) {
          expect(chunk).toBeDefined();
          setImmediate(() => void clock.advance(60_000));
        }
      })(),
    );
    expect(await reading).toMatchObject({
      reason: 'ObjectStoreUnreachable',
      message: expect.stringContaining('sent nothing for 60 s') as string,
    });
  });

  test('a reader who takes their time is not hurried', async () => {
    const content = Buffer.alloc(4 * 1024 * 1024, 'x');
    answer = (_request, response) =>
      response.writeHead(200, { ...stored, 'content-length': content.byteLength }).end(content);
    const { body } = await store.open(place);
    const chunks = body[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    let next = await chunks.next();
    let sizeBytes = 0;
    while (body.readableLength < body.readableHighWaterMark) await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(3_600_000);
    while (next.done !== true) {
      sizeBytes += next.value.byteLength;
      next = await chunks.next();
    }
    expect(sizeBytes).toBe(content.byteLength);
  });

  test('a reader who stops closes the connection', async () => {
    const closed = new Promise<void>((resolve) => {
      answer = (request, response) => {
        beginning(request, response);
        request.socket.once('close', () => {
          resolve();
        });
      };
    });
    const { body } = await store.open(place);
    body.destroy();
    await closed;
  });
});

describe('requests', () => {
  test('keys travel as they are, and the query is part of the signature', async () => {
    answer = (_request, response) => response.writeHead(200, stored).end();
    await store.stat({ bucket: 'raw', key: 'a b/ü+&=?#%.txt' });
    expect(requests).toEqual(['HEAD /raw/a%20b/%C3%BC%2B%26%3D%3F%23%25.txt']);
  });

  test('a link names the host that people reach, saves the file, and expires', async () => {
    const settings = { ...settingsFor('http://minio.storage.svc:9000'), publicEndpoint: 'https://files.example.com' };
    const url = new URL(
      await createS3Store(settings)
        .bind(controller.signal)
        .presign({ ...place, expiresInSeconds: 900 }),
    );
    expect(url.origin).toBe('https://files.example.com');
    expect(url.pathname).toBe('/raw/a.txt');
    expect(url.searchParams.get('X-Amz-Expires')).toBe('900');
    expect(url.searchParams.get('X-Amz-Date')).toBe('20260101T000000Z');
    expect(url.searchParams.get('response-content-disposition')).toBe("attachment; filename*=UTF-8''a.txt");
    expect(requests).toEqual([]);
  });

  test('more than one request carries is refused before it is sent', async () => {
    const body = new Uint8Array(64 * 1024 * 1024 + 1);
    await expect(store.put({ ...place, body, contentType: 'x' })).rejects.toMatchObject({ code: 'TooLarge' });
    expect(requests).toEqual([]);
  });

  test('a bucket in another region than the first is created with its name', async () => {
    let sent = '';
    server.removeAllListeners('request');
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      request.on('data', (chunk: Buffer) => (sent += chunk.toString()));
      request.on('end', () => response.writeHead(200).end());
    });
    const there = createS3Store({
      ...settingsFor(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
      region: 'eu-central-1',
    });
    expect(await there.bind(controller.signal).createBucket('new-bucket')).toBe('created');
    expect(sent).toContain('<LocationConstraint>eu-central-1</LocationConstraint>');
    there.close();
  });
});
