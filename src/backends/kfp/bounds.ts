/**
 * KFP's columns hold 255 characters of at most three bytes each. It finds out only when it writes its row, after it has
 * created the execution, which then goes on without a row: so what does not fit must never be sent.
 */
const columnLength = 255;
const fourByteCharacter = /[\u{10000}-\u{10FFFF}]/u;

const nameLengths = {
  run: columnLength,
  schedule: columnLength,
  experiment: 128,
  /** A pipeline gives its name to its first version, which allows one character less. */
  pipeline: 127,
  version: 127,
} as const;

/** What is wrong with the name of something new, in one sentence; undefined when KFP will take it. */
export function nameProblem(kind: keyof typeof nameLengths, name: string): string | undefined {
  const most = nameLengths[kind];
  if (name.trim() === '') return `The name of a ${kind} cannot be empty.`;
  if (name.length > most) return `The name of a ${kind} has at most ${most} characters; this one has ${name.length}.`;
  if (fourByteCharacter.test(name)) {
    return `The name of a ${kind} cannot hold emoji or other characters of four bytes: Kubeflow Pipelines cannot store them.`;
  }
  return undefined;
}

/** A description that KFP can store: cut to the length, characters of four bytes replaced. */
export function storableText(text: string, mostCharacters = columnLength): string {
  const storable = text.replaceAll(new RegExp(fourByteCharacter, 'gu'), '?');
  return storable.length <= mostCharacters ? storable : `${storable.slice(0, Math.max(0, mostCharacters - 1))}…`;
}
