/** The names most like the wanted one, best first, for "did you mean"; names that have nothing in common are left out. */
export function nearestNames(wanted: string, names: readonly string[], count = 3): readonly string[] {
  return names
    .map((name) => ({ name, likeness: likeness(wanted, name) }))
    .filter((entry) => entry.likeness > 0.2)
    .sort((left, right) => right.likeness - left.likeness)
    .slice(0, count)
    .map(({ name }) => name);
}

/** ` Did you mean a, b or c?`, or nothing. */
export function didYouMean(wanted: string, names: readonly string[]): string | undefined {
  const nearest = nearestNames(wanted, names);
  return nearest.length === 0 ? undefined : `Did you mean ${nearest.join(' or ')}?`;
}

/** Dice coefficient of the letter pairs: 1 for the same letters in the same order, 0 for nothing in common. */
function likeness(left: string, right: string): number {
  const leftPairs = pairsOf(left);
  const rightPairs = pairsOf(right);
  const shared = [...leftPairs].filter((pair) => rightPairs.has(pair)).length;
  return (2 * shared) / (leftPairs.size + rightPairs.size);
}

function pairsOf(text: string): ReadonlySet<string> {
  const letters = `^${text.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '')}$`;
  return new Set(Array.from({ length: letters.length - 1 }, (_, index) => letters.slice(index, index + 2)));
}
