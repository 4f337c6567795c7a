/** A number as people read it: thousands apart, at most six digits that matter. */
export function figure(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return value.toLocaleString('en-US');
  const rounded = Number(value.toPrecision(6));
  const small = Math.abs(rounded) < 1e-4 || Math.abs(rounded) >= 1e15;
  return small ? String(rounded) : rounded.toLocaleString('en-US', { maximumFractionDigits: 10 });
}

/** `1 row`, `2,000 rows`. */
export function counted(count: number, noun: string): string {
  return `${figure(count)} ${noun}${count === 1 ? '' : 's'}`;
}
