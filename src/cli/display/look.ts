/** What may be written where the output goes; decided once, at the start. */
export interface Look {
  /** Colours and weights. */
  readonly color: boolean;
  /** Marks and drawings beyond ASCII. What others wrote keeps its letters in any case. */
  readonly unicode: boolean;
  /** A line may be drawn again in place. */
  readonly live: boolean;
  /** For ears rather than eyes: states as words, charts as sentences. */
  readonly words: boolean;
}

/** A look, and how many columns there are; Infinity when nothing has to fit. */
export interface Layout {
  readonly look: Look;
  readonly columns: number;
}

export interface LookFlags {
  /** False for `--no-color`. */
  readonly color?: boolean | undefined;
  /** Not one escape sequence. */
  readonly plain?: boolean | undefined;
  readonly accessible?: boolean | undefined;
}

export interface LookFacts {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly flags: LookFlags;
  readonly isTTY: boolean;
}

export const plainLook: Look = { color: false, unicode: false, live: false, words: false };

export function lookFor({ environment, flags, isTTY }: LookFacts): Look {
  const isDumb = environment['TERM'] === 'dumb';
  const isPlain = flags.plain === true;
  const isAccessible = flags.accessible === true;
  return {
    color: !isPlain && flags.color !== false && wantsColor(environment, isTTY && !isDumb),
    unicode: speaksUnicode(environment),
    live: isTTY && !isDumb && !isPlain && !isAccessible,
    words: isAccessible,
  };
}

/** FORCE_COLOR wins over NO_COLOR, as in Node itself; an empty NO_COLOR says nothing (no-color.org). */
function wantsColor(environment: LookFacts['environment'], canColor: boolean): boolean {
  const forced = environment['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  const refused = environment['NO_COLOR'];
  return canColor && (refused === undefined || refused === '');
}

/** Windows has no locale in its environment; its newer terminals tell themselves apart. */
function speaksUnicode(environment: LookFacts['environment']): boolean {
  const [locale] = ['LC_ALL', 'LC_CTYPE', 'LANG'].map((name) => environment[name]).filter((value) => value);
  if (locale !== undefined) return /utf-?8/i.test(locale);
  return environment['WT_SESSION'] !== undefined;
}
