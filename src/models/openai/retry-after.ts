/**
 * The delay an endpoint asks for: `retry-after-ms` (OpenAI), or `Retry-After` as seconds or as a date (RFC 9110 §10.2.3).
 * Undefined when it asks for none or writes it wrong.
 */
export function retryAfterMs(headers: Headers | undefined, now: Date): number | undefined {
  const milliseconds = number(headers?.get('retry-after-ms'));
  if (milliseconds !== undefined) return milliseconds;
  const value = headers?.get('retry-after');
  const seconds = number(value);
  if (seconds !== undefined) return seconds * 1000;
  const date = Date.parse(value ?? '');
  return Number.isNaN(date) ? undefined : Math.max(0, date - now.getTime());
}

function number(text: string | null | undefined): number | undefined {
  return text !== null && text !== undefined && /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : undefined;
}
