/** Takes from the widest columns until all fit; undefined when that would leave one narrower than `least`. */
export function fitColumns(natural: readonly number[], room: number, least: number): readonly number[] | undefined {
  const widths = [...natural];
  let excess = widths.reduce((sum, width) => sum + width, 0) - room;
  while (excess > 0) {
    const widest = Math.max(...widths);
    if (widest <= least) return undefined;
    const next = Math.max(least, ...widths.filter((width) => width < widest));
    const all = widths.flatMap((width, index) => (width === widest ? [index] : []));
    const each = Math.min(widest - next, Math.ceil(excess / all.length));
    for (const index of all) {
      const less = Math.min(each, Math.max(0, excess));
      widths[index] = widest - less;
      excess -= less;
    }
  }
  return widths;
}
