interface Rule {
  readonly allows: boolean;
  readonly pattern: string;
}

/** What a site asks of robots (RFC 9309). */
export interface Robots {
  allows(pathAndQuery: string): boolean;
  /** Pause between two requests that the site asks for, in milliseconds. */
  readonly delayMs: number;
}

/** Name that a robots.txt knows us by. */
export const robotName = 'swarm';

export const everythingAllowed: Robots = { allows: () => true, delayMs: 0 };

interface Group {
  readonly agents: string[];
  readonly rules: Rule[];
  delayMs: number;
}

/** The rules for us, or for everybody where there are none for us. Lines that make no sense are passed over. */
export function parseRobots(text: string): Robots {
  const groups = groupsOf(text);
  const own = groups.filter(({ agents }) => agents.includes(robotName));
  const group = own.length > 0 ? own : groups.filter(({ agents }) => agents.includes('*'));
  const rules = group.flatMap((entry) => entry.rules);
  return {
    allows: (pathAndQuery) => decisive(rules, pathAndQuery)?.allows ?? true,
    delayMs: Math.max(0, ...group.map(({ delayMs }) => delayMs)),
  };
}

function groupsOf(text: string): readonly Group[] {
  const groups: Group[] = [];
  let isHeader = false;
  for (const line of text.split(/\r\n|\r|\n/)) {
    const [, key = '', value = ''] = /^\s*([a-z-]+)\s*:\s*([^#]*?)\s*(?:#.*)?$/i.exec(line) ?? [];
    const name = key.toLowerCase();
    if (name === 'user-agent') {
      if (!isHeader) groups.push({ agents: [], rules: [], delayMs: 0 });
      groups.at(-1)?.agents.push(value.toLowerCase());
      isHeader = true;
    } else if (name !== '') {
      isHeader = false;
      addTo(groups.at(-1), name, value);
    }
  }
  return groups;
}

function addTo(group: Group | undefined, name: string, value: string): void {
  if (!group) return;
  if (name === 'crawl-delay') group.delayMs = Math.max(0, Number.parseFloat(value) * 1_000 || 0);
  // An empty Disallow forbids nothing.
  if ((name === 'allow' || name === 'disallow') && value !== '') {
    group.rules.push({ allows: name === 'allow', pattern: value });
  }
}

/** The longest pattern that matches decides; between equally long ones the one that allows. */
function decisive(rules: readonly Rule[], path: string): Rule | undefined {
  const matching = rules.filter(({ pattern }) => matches(pattern, path));
  return matching.sort(
    (left, right) => right.pattern.length - left.pattern.length || Number(right.allows) - Number(left.allows),
  )[0];
}

/** `*` stands for any characters and a `$` at the end for the end. Goes from left to right once, whatever the pattern. */
function matches(pattern: string, path: string): boolean {
  const isAnchored = pattern.endsWith('$');
  const parts = (isAnchored ? pattern.slice(0, -1) : pattern).split('*');
  const [first = '', ...rest] = parts;
  if (!path.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = path.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return !isAnchored || at === path.length || (rest.length > 0 && path.endsWith(parts.at(-1) ?? ''));
}
