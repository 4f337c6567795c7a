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

/** Whether one letter too many, too few, other or out of place makes one word of the other. */
export function isNear(left: string, right: string): boolean {
  const shorter = Math.min(left.length, right.length);
  let start = 0;
  while (start < shorter && left[start] === right[start]) start += 1;
  let end = 0;
  while (end < shorter - start && left.at(-1 - end) === right.at(-1 - end)) end += 1;
  const [from, to] = [left.slice(start, left.length - end), right.slice(start, right.length - end)];
  const isSwapped = from.length === 2 && to === `${from.charAt(1)}${from.charAt(0)}`;
  return isSwapped || (from.length <= 1 && to.length <= 1);
}

const atCommand =
  "(?<=(?:^|[,;:.!+-]|(?<![\\p{L}])(?:please|pls|and|then|to|now|just|you|u|let's|let us|we|i|also|kindly))\\s*)";

/**
 * Patterns are written as people read them: alternatives parted by `|`, `*` for the rest of a word, `!` where a word
 * counts only at the head of a command, a space for any white space. They match whole words of folded text.
 */
export function patternSource(alternatives: string): string {
  const source = alternatives
    .trim()
    .replaceAll(/\s*\|\s*/g, '|')
    .replaceAll(' (?=', '(?=\\s+')
    .replaceAll(/(?<![)\]}.])\*/g, "[\\p{L}']*")
    .replaceAll(/ +/g, '\\s+')
    .replaceAll(/(?<!\?<?)!/g, atCommand);
  return `(?<![\\p{L}\\p{Nd}_])(?:${source})(?![\\p{L}\\p{Nd}_])`;
}

export function pattern(alternatives: string): RegExp {
  return new RegExp(patternSource(alternatives), 'u');
}

/** A table of such patterns, each written in one line or in several. */
export function patterns<Name extends string>(
  table: Readonly<Record<Name, string | readonly string[]>>,
): Readonly<Record<Name, RegExp>> {
  const compiled = Object.entries<string | readonly string[]>(table).map(([name, lines]) => [
    name,
    pattern([lines].flat().join('|')),
  ]);
  return Object.fromEntries(compiled) as Record<Name, RegExp>;
}

/** The function, with its results kept as long as their arguments live. */
export function remembered<Key extends object, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const known = new WeakMap<Key, { readonly value: Value }>();
  return (key) => {
    const found = known.get(key) ?? { value: make(key) };
    known.set(key, found);
    return found.value;
  };
}
