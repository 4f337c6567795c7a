import { TextDecoder } from 'node:util';
import { ModelOutputError } from '../language-model.ts';

/**
 * Refuses what no model endpoint sends: redirects (they could lead anywhere), successful answers that are neither JSON
 * nor events, invalid UTF-8, and more than `maxBytes`.
 */
export function boundedFetch(inner: typeof fetch, maxBytes: number): typeof fetch {
  return async (input, init) => {
    const response = await inner(input, { ...init, redirect: 'manual' });
    if (!response.ok || response.body === null) return response;
    const type = (response.headers.get('content-type') ?? '').split(';')[0]?.trim() ?? '';
    const wanted = isStreamRequest(init) ? 'text/event-stream' : 'application/json';
    if (type !== wanted) {
      await response.body.cancel();
      const hint = type === 'text/html' ? '; check baseURL, this looks like a web page' : '';
      throw new ModelOutputError(
        `The model endpoint answered with ${type || 'no content type'} instead of ${wanted}${hint}.`,
      );
    }
    return new Response(response.body.pipeThrough(guard(maxBytes)), response);
  };
}

function isStreamRequest(init: RequestInit | undefined): boolean {
  return typeof init?.body === 'string' && init.body.includes('"stream":true');
}

function guard(maxBytes: number): TransformStream<Uint8Array, Uint8Array> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let bytes = 0;
  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) throw new ModelOutputError(`The model's answer is larger than ${maxBytes} bytes.`);
      if (!isUtf8(decoder, chunk)) throw new ModelOutputError("The model's answer is not valid UTF-8.");
      controller.enqueue(chunk);
    },
  });
}

function isUtf8(decoder: TextDecoder, chunk: Uint8Array): boolean {
  try {
    decoder.decode(chunk, { stream: true });
    return true;
  } catch {
    return false;
  }
}
