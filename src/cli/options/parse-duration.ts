import { InvalidArgumentError } from 'commander';

const secondMs = 1_000;
const unitMs: Readonly<Record<string, number>> = { ms: 1, s: secondMs, m: 60 * secondMs, h: 3_600 * secondMs };

/** `90s`, `1h30m`, `500ms`; a bare number is seconds, as kubectl takes it. In milliseconds. */
export function parseDuration(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Math.round(Number(text) * secondMs);
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  const isWhole = parts.length > 0 && parts.map(([part]) => part).join('') === text;
  if (!isWhole) throw new InvalidArgumentError('Expected a time span, for example 90s, 5m or 1h30m.');
  return Math.round(parts.reduce((sum, [, number, unit]) => sum + Number(number) * (unitMs[unit ?? ''] ?? 0), 0));
}
