/**
 * Text of models, tools and clusters, made harmless for a terminal. Escape sequences go; every other character that acts
 * or hides instead of being seen stands there as `\u202e`. Line feeds, tabs and all scripts pass, right-to-left ones too.
 */
export function safeText(text: string): string {
  return new SafeTextStream().last(text);
}

/** As safeText, for a place that has one line: line breaks and tabs are spaces. */
export function safeLine(text: string): string {
  return safeText(text)
    .replaceAll(/\s*\n\s*|\t/g, ' ')
    .trim();
}

/** No sequence that means anything is longer; a longer one is text that wants to stay unseen. */
const longestSequence = 1024;

// Control characters are what this file is about.

const visible = '[^\\u0000-\\u001f\\u007f-\\u009f]';
/** OSC, DCS, SOS, PM and APC up to their terminator; CSI; two characters and their intermediates. ECMA-48, 5.3 to 5.6. */
const sequence = [
  `(?:\\u001b[\\]PX^_]|[\\u0090\\u0098\\u009d-\\u009f])${visible}{0,${longestSequence}}(?:\\u0007|\\u001b\\\\|\\u009c)`,
  '(?:\\u001b\\[|\\u009b)[0-?]{0,64}[ -/]{0,8}[@-~]',
  '\\u001b[ -/]{0,8}[0-~]',
].join('|');
const lineBreak = '\\r\\n?|[\\u000b\\u000c\\u0085\\u2028\\u2029]';
const unseen =
  '[\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f\\ufff9-\\ufffb\\p{Default_Ignorable_Code_Point}\\p{Surrogate}]';
const suspicious = new RegExp(`(?<sequence>${sequence})|(?<lineBreak>${lineBreak})|${unseen}`, 'gu');

/** An end that the next piece of text could make another thing of. */
const unfinished = new RegExp(
  [
    `(?:\\u001b[\\]PX^_]|[\\u0090\\u0098\\u009d-\\u009f])${visible}{0,${longestSequence}}\\u001b?$`,
    '(?:\\u001b\\[|\\u009b)[0-?]{0,64}[ -/]{0,8}$',
    '\\u001b[ -/]{0,8}$',
    '[\\r\\ud800-\\udbff]$',
  ].join('|'),
  'u',
);

/** Joiners and selectors belong to the writing of many languages and to emoji, but only behind such a character. */
const joiner = /^[\u200c\u200d]$/;
const joinable =
  /[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{M}\ufe0f]|(?=\p{L})[^\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Han}]/u;
const selector = /^[\u180b-\u180d\ufe00-\ufe0f\u{e0100}-\u{e01ef}]$/u;
const selectable = /[\p{Extended_Pictographic}\p{Emoji}\p{Script=Han}\p{S}]|[\u1000-\u109f\u1800-\u18af]/u;

/** safeText for text that comes in pieces: a sequence cut in two is still one. */
export class SafeTextStream {
  #held = '';
  /** The character given out last. */
  #before = '';

  /** What can be shown by now. */
  push(piece: string): string {
    const text = this.#held + piece;
    const end = text.search(unfinished);
    this.#held = end === -1 ? '' : text.slice(end);
    return this.#cleaned(end === -1 ? text : text.slice(0, end));
  }

  /** The rest: what was held back as the beginning of a sequence turned out to be none. */
  end(): string {
    const rest = this.#held;
    this.#held = '';
    return this.#cleaned(rest);
  }

  last(piece: string): string {
    return this.push(piece) + this.end();
  }

  #cleaned(text: string): string {
    const parts: string[] = [];
    const give = (part: string) => {
      parts.push(part);
      this.#before = lastCharacter(this.#before + part.slice(-2));
    };
    let end = 0;
    for (const match of text.matchAll(suspicious)) {
      if (match.index > end) give(text.slice(end, match.index));
      end = match.index + match[0].length;
      if (match.groups?.['sequence'] !== undefined) continue;
      if (match.groups?.['lineBreak'] !== undefined) give('\n');
      else give(isWriting(match[0], this.#before) ? match[0] : shown(match[0]));
    }
    give(text.slice(end));
    return parts.join('');
  }
}

/** Both halves of a surrogate pair, as one character. */
function lastCharacter(text: string): string {
  const last = text.slice(-2);
  return last.codePointAt(0) === last.charCodeAt(0) ? text.slice(-1) : last;
}

function isWriting(character: string, before: string): boolean {
  if (joiner.test(character)) return joinable.test(before);
  if (/^[\d#*]$/.test(before)) return character === '\ufe0f';
  return selector.test(character) && selectable.test(before);
}

/** In the notation of JSON, so that quoted JSON stays what it was. */
function shown(character: string): string {
  return Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('');
}
