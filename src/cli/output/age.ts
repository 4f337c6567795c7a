const secondMs = 1_000;
const units = [
  ['d', 86_400 * secondMs],
  ['h', 3_600 * secondMs],
  ['m', 60 * secondMs],
  ['s', secondMs],
] as const;
/** From here on a second, smaller unit says nothing more. */
const enoughOfUnit = 10;

/** `45s`, `3m12s`, `5h`, `12d`: as kubectl says how old something is. Empty without a time. */
export function ageText(since: string | undefined, now: Date): string {
  if (since === undefined) return '';
  const ageMs = Math.max(0, now.getTime() - Date.parse(since));
  const position = units.findIndex(([, unitMs]) => ageMs >= unitMs);
  const [unit, unitMs] = units[position] ?? (['s', secondMs] as const);
  const count = Math.floor(ageMs / unitMs);
  const next = units[position + 1];
  const rest = next && count < enoughOfUnit ? Math.floor((ageMs % unitMs) / next[1]) : 0;
  return `${count}${unit}${next && rest > 0 ? `${rest}${next[0]}` : ''}`;
}
