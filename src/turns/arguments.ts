import { z } from 'zod';
import { canonicalJson } from '../base/digest.ts';
import { journalLimits } from './journal.ts';

export type CheckedArguments =
  | { readonly ok: true; readonly value: Readonly<Record<string, unknown>>; readonly canonical: string }
  | { readonly ok: false; readonly problem: string };

/** Deeper JSON than this is no argument of any tool, only an attack on recursive code. */
const maxNesting = 32;

/** Parses what a model wrote, checks it, and applies the schema's defaults, so that people see what will be done. */
export function checkArguments(schema: z.ZodObject, text: string): CheckedArguments {
  if (text.length > journalLimits.argumentsCharacters) return tooLarge;
  const parsed = parseJson(text.trim() === '' ? '{}' : text);
  if (!parsed.ok) return parsed;
  if (nestingOf(parsed.value) > maxNesting)
    return { ok: false, problem: `arguments are nested deeper than ${maxNesting}` };
  const checked = schema.safeParse(parsed.value);
  if (!checked.success) return { ok: false, problem: z.prettifyError(checked.error).replaceAll('\n', ' ') };
  const canonical = canonicalJson(checked.data);
  if (canonical.length > journalLimits.argumentsCharacters) return tooLarge;
  return { ok: true, value: checked.data, canonical };
}

const tooLarge: CheckedArguments = {
  ok: false,
  problem: `arguments are longer than ${journalLimits.argumentsCharacters} characters`,
};

function parseJson(text: string): { ok: true; value: unknown } | { ok: false; problem: string } {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return { ok: false, problem: `arguments are no JSON: ${(error as SyntaxError).message}` };
  }
}

/** Level by level, so that hostile nesting cannot exhaust the stack. */
function nestingOf(value: unknown): number {
  let depth = 0;
  let level: readonly unknown[] = [value];
  while (level.length > 0 && depth <= maxNesting) {
    level = level.flatMap((entry): unknown[] =>
      typeof entry === 'object' && entry !== null ? Object.values(entry) : [],
    );
    depth += 1;
  }
  return depth;
}
