import { z } from 'zod';
import type { ObjectStat, ObjectStore, ObjectStoreSource } from '../../../backends/s3/object-store.ts';
import { failure } from '../../found.ts';
import { defineTool, type ToolFailure, type ToolSuccess } from '../../tool.ts';
import { findObject } from '../find-object.ts';
import { bucketAccess } from '../minio-access.ts';
import { bucket, key } from '../minio-argument.ts';
import { counted, humanBytes, placeOf } from '../minio-data.ts';
import { beginningOf, readText, type LineRange, type TextRead } from '../read-text.ts';

const bounds = { maxTextBytes: 5_500, maxScannedBytes: 64 * 1024 * 1024 };
/** Of the text, so much is said in the summary itself: it is what a person reads. */
const summaryTextBytes = 1_500;

const objectText = z.object({
  text: z.string(),
  contentType: z.string(),
  sizeBytes: z.int(),
  /** Absent when the object is no text. */
  encoding: z.string().optional(),
  lastLine: z.int(),
  cut: z.boolean(),
});
type ObjectText = z.output<typeof objectText>;

export const readObject = (source: ObjectStoreSource) =>
  defineTool({
    name: 'read_object',
    description: 'Show what a text, JSON, YAML or CSV object contains, as a whole or some of its lines.',
    effect: 'pure',
    input: z.strictObject({
      bucket,
      key,
      lines: z
        .string()
        .max(24)
        .regex(/^[0-9]+(-[0-9]+)?$/)
        .optional()
        .describe('Which lines: a number for that many from the start, or a range such as 10-40.'),
    }),
    output: objectText,
    access: bucketAccess('get'),
    examples: [
      'Show me the content of exports/readme.txt',
      'open configs/train.yaml in bucket settings',
      'print the first 20 lines of daily.csv',
      'what does the file notes.md say?',
      'cat s3://settings/limits.json',
    ],
    display: 'code',
    execute: async (input, context) => {
      const range = rangeOf(input.lines);
      if (!range)
        return failure(
          'InvalidArgument',
          `${input.lines ?? ''} is no range of lines.`,
          'Give 20 or 10-40, counted from 1.',
        );
      const store = await source.store(context);
      const object = await findObject(store, input);
      if (!object.ok) return object.failure;
      const read = await readLines(store, object.value, range);
      return read.kind === 'binary' ? ofBinary(object.value, read) : ofText(object.value, read, range);
    },
  });

type Text = Extract<TextRead, { kind: 'text' }>;
type Binary = Extract<TextRead, { kind: 'binary' }>;

/** Undefined when the range is none: line 0, or backwards. */
function rangeOf(lines: string | undefined): LineRange | undefined {
  if (lines === undefined) return { first: 1, last: Infinity };
  const [first = 0, last] = lines.split('-').map(Number);
  const range = last === undefined ? { first: 1, last: first } : { first, last };
  return range.first >= 1 && range.last >= range.first ? range : undefined;
}

async function readLines(
  store: ObjectStore,
  { bucket: name, key: path, etag }: ObjectStat,
  range: LineRange,
): Promise<TextRead> {
  const { body } = await store.open({ bucket: name, key: path, ifMatch: etag });
  return readText(body, range, bounds);
}

function ofBinary(object: ObjectStat, read: Binary): ToolSuccess<ObjectText> {
  const { contentType, sizeBytes } = object;
  const data = { text: '', contentType, sizeBytes, lastLine: 0, cut: true };
  return { kind: 'ok', summary: binaryInWords(object, read), data, untrusted: true };
}

function ofText(object: ObjectStat, read: Text, range: LineRange): ToolSuccess<ObjectText> | ToolFailure {
  if (read.lastLine === 0 && range.first > 1) return notSoManyLines(object, range, read);
  const { contentType, sizeBytes } = object;
  const { encoding, lastLine, end } = read;
  const text = prettyJson(read, range) ?? read.text;
  const cut = !(end === 'object' && range.first === 1);
  return {
    kind: 'ok',
    summary: textInWords(object, { ...read, text }, range),
    data: { text, contentType, sizeBytes, encoding, lastLine, cut },
    untrusted: true,
  };
}

function binaryInWords(object: ObjectStat, { what, hint }: Binary): string {
  const advice = hint === undefined ? '' : ` ${hint}`;
  return `${placeOf(object)} (${humanBytes(object.sizeBytes)}, ${object.contentType}) is ${what}, so it is not shown as text.${advice}`;
}

function notSoManyLines(object: ObjectStat, range: LineRange, { lineCount }: Text): ToolFailure {
  if (lineCount === undefined) {
    const looked = humanBytes(bounds.maxScannedBytes);
    return failure(
      'TooFar',
      `Line ${range.first} of ${placeOf(object)} lies behind the first ${looked}.`,
      'For tables, query_dataset finds rows anywhere.',
    );
  }
  return failure(
    'InvalidArgument',
    `${placeOf(object)} has only ${counted(lineCount, 'line')}.`,
    'Ask for lines it has.',
  );
}

/** A JSON document in one line is laid out, when it was read as a whole and still fits. */
function prettyJson(read: Text, range: LineRange): string | undefined {
  if (read.lineCount !== 1 || range.first !== 1 || !/^\s*[[{]/.test(read.text)) return undefined;
  try {
    const pretty = JSON.stringify(JSON.parse(read.text), undefined, 2);
    return Buffer.byteLength(JSON.stringify(pretty), 'utf8') <= bounds.maxTextBytes ? pretty : undefined;
  } catch {
    // It only looks like JSON: shown as it is.
    return undefined;
  }
}

function textInWords(object: ObjectStat, read: Text, range: LineRange): string {
  if (object.sizeBytes === 0) return `${placeOf(object)} is empty.`;
  const head = `${placeOf(object)} (${humanBytes(object.sizeBytes)}, ${read.encoding})`;
  const isWhole = read.end === 'object' && range.first === 1;
  const part = isWhole
    ? `all ${counted(read.lineCount ?? read.lastLine, 'line')}`
    : `lines ${range.first} to ${read.lastLine}`;
  const shown = beginningOf(read.text, summaryTextBytes);
  const begins = shown === read.text ? '' : ', of which these are the first';
  return `${head}, ${part}${continuation(read)}${begins}:\n${shown.trimEnd()}`;
}

/** How to go on where the text was cut. */
function continuation({ end, lastLine }: Text): string {
  if (end === 'long-line') return ` (line ${lastLine} is too long to be shown in full)`;
  if (end !== 'text-bound') return '';
  const next = lastLine + 1;
  return ` (there is more: ask for lines ${next}-${next + lastLine})`;
}
