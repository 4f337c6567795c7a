/** Lower case without accents, character by character, so that positions stay those of the original text. */
export function fold(text: string): string {
  return text
    .replaceAll(/[^\u0000-\u007f]/g, plain)
    .toLowerCase()
    .replaceAll('ς', 'σ');
}

/** `…` and `’` would change the length when decomposed; letters only lose their marks. */
function plain(character: string): string {
  return character === '’' || character === '‘' ? "'" : (character.normalize('NFD')[0] ?? character);
}

/** Words of a folded text, names such as `a-b_c.d` in their parts. */
export function wordsOf(folded: string): readonly string[] {
  return folded.match(/\p{L}+|\p{N}+/gu) ?? [];
}

/** English endings off, so that `training`, `trained` and `trains` meet; rough, but the same for both sides. */
export function stem(word: string): string {
  if (!/^[a-z]{4,}$/.test(word)) return word;
  const base = word
    .replace(/ies$/, 'y')
    .replace(/(?<=[a-z]{3})(ations?|ings?|ed|ers?|ors?|es)$/, '')
    .replace(/(?<=[^s])s$/, '')
    .replace(/(.)\1$/, '$1');
  return base.length > 4 ? base.replace(/e$/, '') : base;
}

/** Levenshtein distance, or `limit + 1` as soon as it must be larger. */
export function distance(left: string, right: string, limit: number): number {
  if (Math.abs(left.length - right.length) > limit) return limit + 1;
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    if (Math.min(...next) > limit) return limit + 1;
    row = next;
  }
  return row[right.length] ?? limit + 1;
}

/**
 * Patterns are written as people read them: alternatives parted by `|`, `*` for the rest of a word, a space for any
 * white space. They match whole words of folded text.
 */
export function pattern(alternatives: string): RegExp {
  const source = alternatives
    .trim()
    .replaceAll(/\s*\|\s*/g, '|')
    .replaceAll(' (?=', '(?=\\s+')
    .replaceAll(/(?<![)\]}.])\*/g, "[\\p{L}'-]*")
    .replaceAll(/\s+/g, '\\s+');
  return new RegExp(`(?<![\\p{L}\\p{Nd}_])(?:${source})(?![\\p{L}\\p{Nd}_])`, 'u');
}
