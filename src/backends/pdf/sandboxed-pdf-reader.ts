import type { Clock } from '../../base/clock.ts';
import { RefusedInSandboxError } from '../sandbox/protocol.ts';
import { SandboxFailure, startSandbox, workerEntry } from '../sandbox/sandbox.ts';
import { createTurnstile } from '../sandbox/turnstile.ts';
import {
  defaultPdfLimits,
  PdfRefusedError,
  type PdfLimits,
  type PdfReader,
  type PdfSource,
  type PdfText,
} from './pdf-reader.ts';
import type { PdfQuestion } from './pdf-question.ts';

export interface PdfReaderSettings {
  readonly clock: Clock;
  readonly limits?: Partial<PdfLimits>;
}

/** PDF.js in a process of its own for each file. Does nothing until it is asked. */
export function createPdfReader(settings: PdfReaderSettings): PdfReader {
  const limits = { ...defaultPdfLimits, ...settings.limits };
  const turnstile = createTurnstile(limits.open);
  return {
    read: (source) => {
      if (source.sizeBytes > limits.objectBytes) return Promise.reject(tooLarge(source.name, limits));
      return turnstile.pass(source.signal, () => inSandbox(source, limits, settings.clock));
    },
  };
}

async function inSandbox(source: PdfSource, limits: PdfLimits, clock: Clock): Promise<PdfText> {
  const { name, pages, signal } = source;
  const bytes = await bytesOf(source, limits);
  const entry = workerEntry('pdf-worker', import.meta.url);
  const sandbox = startSandbox({ entry, clock, memoryBytes: limits.memoryBytes, signal });
  try {
    const question: PdfQuestion = {
      bytes,
      name,
      pages,
      maximumPages: limits.pages,
      maximumCharacters: limits.characters,
    };
    return (await sandbox.ask(question, limits.readMs)) as PdfText;
  } catch (error) {
    if (error instanceof RefusedInSandboxError) throw new PdfRefusedError(error.code, error.message, error.hint);
    if (error instanceof SandboxFailure)
      throw new PdfRefusedError(error.reason, `Reading ${name} failed: ${error.message}.`);
    throw error;
  } finally {
    await sandbox.end();
  }
}

async function bytesOf(source: PdfSource, limits: PdfLimits): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop early closes the stream.
  for await (const chunk of (await source.open()) as AsyncIterable<Uint8Array>) {
    source.signal.throwIfAborted();
    size += chunk.length;
    if (size > limits.objectBytes) throw tooLarge(source.name, limits);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(name: string, { objectBytes }: PdfLimits): PdfRefusedError {
  return new PdfRefusedError('TooLarge', `${name} is larger than the ${objectBytes / 1024 ** 2} MiB that can be read.`);
}
