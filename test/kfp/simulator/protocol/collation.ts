/**
 * How the database compares text (utf8mb3_general_ci, padded): case, accents and trailing blanks do not count. Names,
 * ids and uniqueness follow it.
 */
export function folded(text: string): string {
  return text
    .normalize('NFD')
    .replaceAll(/\p{Mark}/gu, '')
    .replaceAll('ß', 's')
    .toUpperCase()
    .replace(/ +$/u, '');
}

export function compareFolded(left: string, right: string): number {
  const [a, b] = [folded(left), folded(right)];
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** SQL LIKE '%text%' without escaping: `%` and `_` are wildcards and a backslash escapes what follows it. */
export function containsLike(text: string, part: string): boolean {
  const units = Array.from(folded(`${part}|`).slice(0, -1));
  let pattern = '';
  for (let index = 0; index < units.length; index += 1) {
    const unit = units[index] ?? '';
    if (unit === '%') pattern += '.*';
    else if (unit === '_') pattern += '.';
    else if (unit === '\\') pattern += literal(units[++index] ?? '%');
    else pattern += literal(unit);
  }
  // A backslash at the end of the part escapes the closing wildcard, so that the text must end in a percent sign.
  const end = /(?:^|[^\\])(?:\\\\)*\\$/u.test(part) ? '$' : '';
  return new RegExp(`${pattern}${end}`, 'su').test(folded(text));
}

const literal = (unit: string) => unit.replaceAll(/[\\^$.*+?()[\]{}|/]/gu, String.raw`\$&`);

/** A number as the database reads it out of text: the leading digits, else 0. */
export const leadingNumber = (text: string): number => Number(/^\s*-?\d+(?:\.\d+)?/u.exec(text)?.[0] ?? 0);

/** The connection speaks three-byte UTF-8. */
export const hasFourByteCharacter = (text: string): boolean => /[\u{10000}-\u{10FFFF}]/u.test(text);
