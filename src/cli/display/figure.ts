/** A number as people read it, four digits that matter: `0.934`, `12`, `1.2e-7`. */
export function figure(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e12) return String(value);
  const rounded = Number(value.toPrecision(4));
  return Math.abs(rounded) < 1e12 ? String(rounded) : rounded.toExponential();
}
