const candidates = ['^', '~', '\u0001', ':', ' '] as const;

/** Separators that DuckDB's sniffer does not try: one that is in each of the first lines equally often. */
export function oddDelimiterOf(head: string): string | undefined {
  const outsideQuotes = head.replaceAll(/"(?:[^"]|"")*"/g, '""');
  const lines = outsideQuotes
    .split(/\r?\n/)
    .slice(0, -1)
    .filter((line) => line !== '')
    .slice(0, 50);
  if (lines.length < 2) return undefined;
  return candidates.find((candidate) => {
    const counts = new Set(lines.map((line) => line.split(candidate).length));
    return counts.size === 1 && !counts.has(1);
  });
}
