import type { ToolFailure } from './tool.ts';

/** What a tool was looking for, or what to tell the model instead. */
export type Found<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: ToolFailure };

export function found<T>(value: T): Found<T> {
  return { ok: true, value };
}

export function missed<T>(code: string, message: string, hint?: string): Found<T> {
  return { ok: false, failure: failure(code, message, hint) };
}

export function failure(code: string, message: string, hint?: string): ToolFailure {
  return { kind: 'error', code, message, ...(hint !== undefined && { hint }) };
}
