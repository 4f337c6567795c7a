import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { sha256Hex } from '../../src/base/digest.ts';
import type { Chunk } from '../../src/retrieval/chunk.ts';
import { chunkDocument } from '../../src/retrieval/chunk-document.ts';
import type { Question } from './retrieve-measures.ts';

export const evaluatedBase = 'evaluated';

/** Every Markdown file under the folder, cut as the operator cuts it; the document is the relative path. */
export function chunksOfFolder(folder: string): Chunk[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => name.replaceAll('\\', '/'));
  return names
    .filter((name) => /\.mdx?$/i.test(name))
    .sort()
    .flatMap((path) => {
      const content = readFileSync(join(folder, path), 'utf8');
      return chunkDocument({ knowledgeBase: evaluatedBase, path, url: path, format: 'markdown', content });
    });
}

const questionFile = z.array(z.object({ id: z.string(), q: z.string(), gold: z.array(z.string()) }));

export function readQuestions(path: string): Question[] {
  return questionFile.parse(JSON.parse(readFileSync(path, 'utf8')));
}

const corpusLine = z.object({ id: z.coerce.string(), title: z.string().default(''), text: z.string() });
const queryLine = z.object({ id: z.coerce.string(), text: z.string() });

/** Documents of such collections are abstracts: passages already, and judged whole. */
export function chunksOfCorpus(path: string): Chunk[] {
  return jsonLines(path).map((line) => {
    const { id, title, text } = corpusLine.parse(line);
    const hash = sha256Hex(`${title}\n${text}`);
    const place = {
      knowledgeBase: evaluatedBase,
      document: id,
      url: id,
      anchor: '',
      headings: [],
      ordinal: 0,
      total: 1,
    };
    return { ...place, id: sha256Hex(id).slice(0, 32), title, text, hash };
  });
}

export function readQueries(path: string): Question[] {
  return jsonLines(path).map((line) => {
    const { id, text } = queryLine.parse(line);
    return { id, q: text, gold: [] };
  });
}

/** `qid TAB docid TAB grade`; a first line whose grade is no number is a head. */
export function readGrades(path: string): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const grades = new Map<string, Map<string, number>>();
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const [question, document, grade] = line.trim().split('\t');
    if (question === undefined || document === undefined || Number.isNaN(Number(grade))) continue;
    grades.set(question, (grades.get(question) ?? new Map<string, number>()).set(document, Number(grade)));
  }
  return grades;
}

function jsonLines(path: string): unknown[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as unknown);
}
