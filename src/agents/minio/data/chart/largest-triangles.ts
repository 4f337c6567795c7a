/** A point on a line, in the order of the line. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/**
 * Which `count` points of a line show its course best: ends, lowest and highest point, and of each stretch between them
 * the point that spans the largest triangle with its neighbours (Steinarsson 2013, "largest triangle three buckets").
 * @returns positions, ascending.
 */
export function largestTriangles(places: readonly Place[], count: number): readonly number[] {
  const last = places.length - 1;
  if (places.length <= count) return places.map((_place, position) => position);
  const extremes = [lowestOf(places, 1), lowestOf(places, -1)];
  const kept = new Set([0, last, ...extremes].slice(0, count));
  const stretches = count - kept.size;
  let before = places[0] ?? { x: 0, y: 0 };
  for (let index = 0; index < stretches; index += 1) {
    const edge = (number: number) => 1 + Math.floor((number * (last - 1)) / stretches);
    const [from, to, end] = [edge(index), edge(index + 1), Math.min(last + 1, edge(index + 2))];
    const after = centreOf(places.slice(to, Math.max(end, to + 1)));
    const position = largest(places, { from, to, before, after });
    kept.add(position);
    before = places[position] ?? before;
  }
  return [...kept].toSorted((a, b) => a - b);
}

interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly before: Place;
  readonly after: Place;
}

function largest(places: readonly Place[], { from, to, before, after }: Stretch): number {
  const areaOf = ({ x, y }: Place) =>
    Math.abs((before.x - after.x) * (y - before.y) - (before.x - x) * (after.y - before.y));
  let best = { position: from, area: -1 };
  for (const [offset, place] of places.slice(from, to).entries()) {
    if (areaOf(place) > best.area) best = { position: from + offset, area: areaOf(place) };
  }
  return best.position;
}

function centreOf(places: readonly Place[]): Place {
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  return { x: mean(places.map(({ x }) => x)), y: mean(places.map(({ y }) => y)) };
}

/** @param sign -1 for the highest */
function lowestOf(places: readonly Place[], sign: 1 | -1): number {
  return places.reduce((best, { y }, position) => (sign * y < sign * (places[best]?.y ?? y) ? position : best), 0);
}
