/** Text as Go's standard library reads and prints it. */

/** url.QueryUnescape: `+` is a blank. @throws URIError with Go's words. */
export function queryUnescape(text: string): string {
  const bad = /%(?![0-9a-fA-F]{2}).{0,2}/su.exec(text);
  if (bad) throw new URIError(`invalid URL escape ${goQuoted(bad[0])}`);
  const bytes = text
    .replaceAll('+', ' ')
    .replaceAll(/[^%\u0000-\u007f]+/gu, (run) => encodeURIComponent(run))
    .replaceAll(/%([0-9a-fA-F]{2})/gu, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** strconv.Quote. */
export function goQuoted(text: string): string {
  return JSON.stringify(text).replaceAll(/[\u007f-\u00a0]/gu, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** Pairs of a query. @throws URIError */
export function parseQuery(query: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const pair of query.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = queryUnescape(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? '' : queryUnescape(pair.slice(equals + 1));
    found.set(name, [...(found.get(name) ?? []), value]);
  }
  return found;
}
