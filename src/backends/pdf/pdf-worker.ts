import { getDocumentProxy } from 'unpdf';
import { RefusedInSandboxError } from '../sandbox/protocol.ts';
import { serveSandbox } from '../sandbox/serve-sandbox.ts';
import type { PdfQuestion } from './pdf-question.ts';
import type { PageRange, PdfText } from './pdf-reader.ts';

type PdfDocument = Awaited<ReturnType<typeof getDocumentProxy>>;

serveSandbox((question) => read(question as PdfQuestion));

async function read(question: PdfQuestion): Promise<PdfText> {
  const document = await open(question);
  const { first, last } = wanted(question, document.numPages);
  const end = Math.min(last, first + question.maximumPages - 1);
  const pages: { page: number; text: string }[] = [];
  let room = question.maximumCharacters;
  for (let page = first; page <= end && room > 0; page += 1) {
    const text = await textOf(document, page);
    pages.push({ page, text: text.slice(0, room) });
    room -= text.length;
  }
  return { pages, totalPages: document.numPages, cut: room < 0 || pages.length < last - first + 1 };
}

async function open({ bytes, name }: PdfQuestion): Promise<PdfDocument> {
  try {
    // PDF.js takes the buffer for itself and refuses Node's own kind.
    return await getDocumentProxy(new Uint8Array(bytes), { verbosity: 0 });
  } catch (cause) {
    const kind = cause instanceof Error ? cause.name : '';
    if (kind === 'PasswordException')
      throw new RefusedInSandboxError(
        'Encrypted',
        `${name} is protected with a password.`,
        'Store a copy without one.',
      );
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RefusedInSandboxError('NotAPdf', `${name} is no PDF, or a damaged one: ${why}`);
  }
}

function wanted({ name, pages }: PdfQuestion, totalPages: number): PageRange {
  if (!pages) return { first: 1, last: totalPages };
  if (pages.first < 1 || pages.first > totalPages || pages.last < pages.first)
    throw new RefusedInSandboxError('NoSuchPage', `${name} has pages 1 to ${totalPages}.`, 'Ask for some of these.');
  return { first: pages.first, last: Math.min(pages.last, totalPages) };
}

async function textOf(document: PdfDocument, page: number): Promise<string> {
  const { items } = await (await document.getPage(page)).getTextContent();
  return items.map((item) => ('str' in item ? item.str + (item.hasEOL ? '\n' : '') : '')).join('');
}
