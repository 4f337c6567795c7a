import { type Readable } from 'node:stream';

/** Lines of a body as they arrive, without their line feeds; the rest after the last one is a line, too. */
export async function* linesOf(body: Readable): AsyncGenerator<string> {
  body.setEncoding('utf8');
  let rest = '';
  for await (const chunk of body as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') yield line;
  }
  if (rest !== '') yield rest;
}
