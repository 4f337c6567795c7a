import { messageOf, RetryableError } from '../../base/errors.ts';

/** The whole body, or undefined when it is longer: then the rest is not transferred. */
export async function readBody(response: Response, maxBytes: number): Promise<Uint8Array | undefined> {
  const body = response.body;
  if (body === null) return new Uint8Array();
  const announced = Number(response.headers.get('content-length') ?? 0);
  if (announced > maxBytes) {
    await body.cancel();
    return undefined;
  }
  return readUpTo(body, maxBytes);
}

/** Ends the stream when it has brought more. */
export async function readUpTo(stream: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const part of stream) {
      size += part.byteLength;
      if (size > maxBytes) return undefined;
      parts.push(part);
    }
  } catch (error) {
    if (error instanceof RetryableError) throw error;
    throw new RetryableError('Unavailable', `The connection broke off: ${messageOf(error)}`, { cause: error });
  }
  return Buffer.concat(parts);
}
