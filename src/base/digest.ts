import { createHash } from 'node:crypto';

/** JSON with sorted object keys and no white space: equal values give equal text (RFC 8785 for the JSON that we write). */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, entry: unknown) => (isRecord(entry) ? sorted(entry) : entry));
}

/** Lower-case hexadecimal SHA-256, 64 characters. */
export function sha256Hex(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';

/** Lower-case base32 (RFC 4648 without padding) of the SHA-256, cut to `length` ≤ 51 characters: fit for object names. */
export function sha256Base32(text: string, length: number): string {
  const bytes = createHash('sha256').update(text, 'utf8').digest();
  let bits = '';
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0');
  const characters = Array.from({ length }, (_, index) => alphabet[parseInt(bits.slice(index * 5, index * 5 + 5), 2)]);
  return characters.join('');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sorted(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).sort(([left], [right]) => (left < right ? -1 : 1)));
}
