/** At most `limit` UTF-16 units, never half of a surrogate pair. */
export function cutAt(text: string, limit: number): string {
  const cut = text.slice(0, limit);
  return /[\ud800-\udbff]$/u.test(cut) ? cut.slice(0, -1) : cut;
}
