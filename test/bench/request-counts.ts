import { type ApiConnection } from '../support/api-connection.ts';

/** Requests that changed something, by `verb resource/subresource`, as the API server itself counted them. */
export type RequestCounts = ReadonlyMap<string, number>;

const writeVerbs = new Set(['POST', 'PUT', 'PATCH', 'APPLY', 'DELETE']);

export async function countWrites(api: ApiConnection): Promise<RequestCounts> {
  const metrics = await api.must<string>('GET', '/metrics');
  const counts = new Map<string, number>();
  for (const [, labels = '', value = '0'] of metrics.matchAll(/^apiserver_request_total\{(.*)\} (\S+)$/gm)) {
    const label = (name: string) => new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(labels)?.[1] ?? '';
    if (!writeVerbs.has(label('verb'))) continue;
    const subresource = label('subresource') === '' ? '' : `/${label('subresource')}`;
    const key = `${label('verb')} ${label('resource')}${subresource}`;
    counts.set(key, (counts.get(key) ?? 0) + Number(value));
  }
  return counts;
}

export function difference(after: RequestCounts, before: RequestCounts): RequestCounts {
  const entries = [...after].map(([key, value]) => [key, value - (before.get(key) ?? 0)] as const);
  return new Map(entries.filter(([, value]) => value > 0));
}
