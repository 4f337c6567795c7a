export type ApprovalAnswer =
  | { readonly kind: 'approve' }
  /** And from now on without a question, this tool in this conversation. */
  | { readonly kind: 'always' }
  /** `reason` is undefined when the person may still be asked for one. */
  | { readonly kind: 'deny'; readonly reason: string | undefined }
  | { readonly kind: 'details' }
  | { readonly kind: 'help' }
  | { readonly kind: 'unclear' };

const words: Readonly<Record<string, 'approve' | 'always' | 'details' | 'help'>> = {
  y: 'approve',
  yes: 'approve',
  a: 'always',
  always: 'always',
  d: 'details',
  details: 'details',
  '?': 'help',
  help: 'help',
};

/** Whole words only: nothing that merely begins with a yes is one. An empty line is a no. */
export function readAnswer(line: string): ApprovalAnswer {
  const text = line.trim();
  if (text === '') return { kind: 'deny', reason: '' };
  const no = /^no?(?:[\s,:;.-]+(?<reason>.*))?$/is.exec(text);
  if (no) return { kind: 'deny', reason: (no.groups?.['reason'] ?? '') === '' ? undefined : no.groups?.['reason'] };
  const kind = words[text.toLowerCase()];
  return { kind: kind ?? 'unclear' };
}
