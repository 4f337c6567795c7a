import { TerminalError } from '../../base/errors.ts';

interface Bound {
  readonly maxBytes: number;
  /** `cut`: what is beyond is left away. `refuse`: an answer that is larger is an error. */
  readonly beyond: 'cut' | 'refuse';
}

/**
 * The body as text, and never more of it in memory than allowed.
 * @throws TerminalError when it is larger and may not be cut.
 */
export async function readBounded(response: Response, { maxBytes, beyond }: Bound): Promise<string> {
  if (response.body === null) return '';
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    const room = maxBytes - bytes;
    bytes += chunk.byteLength;
    if (bytes > maxBytes && beyond === 'refuse') throw tooLarge(maxBytes);
    text += decoder.decode(chunk.subarray(0, Math.max(0, room)), { stream: true });
    if (bytes > maxBytes) break;
  }
  return text + decoder.decode();
}

function tooLarge(maxBytes: number): TerminalError {
  return new TerminalError(
    'AnswerTooLarge',
    `Kubeflow Pipelines answered with more than ${Math.round(maxBytes / 1024 / 1024)} MiB; ask for less at a time.`,
  );
}
