import { nameLimits } from '../../api/names.ts';

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';
const suffixCharacters = 5;

/** `<prefix>-<5 characters>`, at most as long as the operator allows for the names it derives further ones from. */
export function newName(
  prefix: string,
  randomBytes: (size: number) => Uint8Array,
  longest: number = nameLimits.other,
): string {
  const suffix = Array.from(randomBytes(suffixCharacters), (byte) => alphabet[byte % alphabet.length]).join('');
  return `${prefix.slice(0, longest - suffixCharacters - 1)}-${suffix}`;
}
