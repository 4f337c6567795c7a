/** One argument as a person reads it; `path` is dotted, as in `params.C`. */
export interface ArgumentLine {
  readonly path: string;
  readonly value: string;
  /** What it is without this call, when that is known and not the same. */
  readonly otherwise?: string | undefined;
}

/** What the arguments are compared with, and how to call it: `last time` or `default`. */
export interface Baseline {
  readonly name: string;
  readonly values: Readonly<Record<string, string>>;
}

/** All arguments, none cut, leaves of the JSON one by one, plain ones first: what is not seen here is not asked for. */
export function argumentLines(canonicalJson: string, baseline?: Baseline): readonly ArgumentLine[] {
  const leaves = leavesOf(JSON.parse(canonicalJson), '').toSorted((left, right) => depthOf(left) - depthOf(right));
  return leaves.map(({ path, value }) => {
    const known = baseline?.values[path];
    return known === undefined || known === value ? { path, value } : { path, value, otherwise: known };
  });
}

/** The leaves of arguments by path, to compare others with. */
export function valuesByPath(canonicalJson: string): Readonly<Record<string, string>> {
  return Object.fromEntries(leavesOf(JSON.parse(canonicalJson), '').map(({ path, value }) => [path, value]));
}

interface Leaf {
  readonly path: string;
  readonly value: string;
}

function leavesOf(value: unknown, path: string): readonly Leaf[] {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  if (entries.length === 0) return [{ path, value: typeof value === 'string' ? value : JSON.stringify(value) }];
  return entries.flatMap(([name, entry]) => leavesOf(entry, path === '' ? name : `${path}.${name}`));
}

function depthOf({ path }: Leaf): number {
  return path.split('.').length;
}
