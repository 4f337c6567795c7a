/** `4.1s`, `12s`, `1m05s`, `2h03m`, `3d4h`. */
export function elapsedText(elapsedMs: number): string {
  const seconds = Math.max(0, elapsedMs) / 1_000;
  if (seconds < 9.95) return `${seconds.toFixed(1)}s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)}m${twoDigits(whole % 60)}s`;
  if (whole < 86_400) return `${Math.floor(whole / 3_600)}h${twoDigits(Math.floor((whole % 3_600) / 60))}m`;
  return `${Math.floor(whole / 86_400)}d${Math.floor((whole % 86_400) / 3_600)}h`;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}
