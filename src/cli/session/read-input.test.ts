import { PassThrough, Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readStdin } from './read-input.ts';

describe('the standard input', () => {
  it('is read to its end, in whatever pieces it comes', async () => {
    const stdin = Readable.from([Buffer.from('Grü'), Buffer.from('ße\n')]);
    expect(await readStdin({ stdin, signal: new AbortController().signal })).toBe('Grüße\n');
  });

  it('of a keyboard is no data', async () => {
    const stdin = Object.assign(new PassThrough(), { isTTY: true });
    expect(await readStdin({ stdin, signal: new AbortController().signal })).toBeUndefined();
  });

  it('that nobody closes is given up when the program is told to end', async () => {
    const stop = new AbortController();
    const reading = readStdin({ stdin: new PassThrough(), signal: stop.signal });
    stop.abort(new Error('interrupted'));
    await expect(reading).rejects.toThrow('interrupted');
  });
});
