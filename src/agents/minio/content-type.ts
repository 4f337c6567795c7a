const byExtension: Readonly<Partial<Record<string, string>>> = {
  css: 'text/css',
  csv: 'text/csv',
  html: 'text/html',
  ipynb: 'application/json',
  json: 'application/json',
  jsonl: 'application/x-ndjson',
  md: 'text/markdown',
  ndjson: 'application/x-ndjson',
  py: 'text/x-python',
  sql: 'application/sql',
  svg: 'image/svg+xml',
  toml: 'application/toml',
  tsv: 'text/tab-separated-values',
  xml: 'application/xml',
  yaml: 'application/yaml',
  yml: 'application/yaml',
};

/** The type of a text, by the extension of its key. */
export function contentTypeOf(key: string): string {
  const extension = /\.([a-z0-9]+)$/i.exec(key)?.[1]?.toLowerCase() ?? '';
  return `${byExtension[extension] ?? 'text/plain'}; charset=utf-8`;
}
