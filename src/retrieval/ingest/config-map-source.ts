import type { PdfReader } from '../../backends/pdf/pdf-reader.ts';
import { TerminalError } from '../../base/errors.ts';
import { contentKindOf, decodeDocument, type EncodedDocument } from './decode-document.ts';
import type { DocumentSource, Reading } from './document-source.ts';

/** Reads a ConfigMap of the knowledge base's namespace with the rights of its ServiceAccount. */
export interface ConfigMapReader {
  /** Content by key, `binaryData` decoded; undefined when there is none of that name. */
  read(name: string, signal: AbortSignal): Promise<ReadonlyMap<string, Uint8Array> | undefined>;
}

export interface ConfigMapPorts {
  readonly configMaps: ConfigMapReader;
  readonly pdf: PdfReader;
}

export interface ConfigMapSettings {
  readonly source: string;
  readonly knowledgeBase: string;
  readonly namespace: string;
  readonly name: string;
}

/** Every key is a document. A key says its format by its ending; without one it is Markdown. */
export function configMapSource(settings: ConfigMapSettings, ports: ConfigMapPorts): DocumentSource {
  const { source, namespace, name } = settings;
  return {
    name: source,
    async *documents(signal) {
      const content = await ports.configMaps.read(name, signal);
      if (!content) {
        throw new TerminalError('NotFound', `There is no ConfigMap ${name} in namespace ${namespace}; create it.`);
      }
      for (const [key, bytes] of [...content].sort(([left], [right]) => (left < right ? -1 : 1))) {
        yield { path: `${source}/${key}`, read: () => read(settings, { name: key, bytes, signal }, ports.pdf) };
      }
    },
  };
}

async function read(
  { source, knowledgeBase, namespace, name }: ConfigMapSettings,
  entry: Pick<EncodedDocument, 'name' | 'bytes' | 'signal'>,
  pdf: PdfReader,
): Promise<Reading> {
  const key = entry.name;
  const kind = key.includes('.') ? contentKindOf(key) : 'markdown';
  if (kind === undefined) return { kind: 'skipped', why: `${key} is no format that can be read` };
  const decoded = await decodeDocument({ ...entry, kind }, pdf);
  if (decoded.kind === 'skipped') return decoded;
  const { format, content } = decoded;
  const url = `configmap:${namespace}/${name}/${key}`;
  return { kind: 'content', document: { knowledgeBase, path: `${source}/${key}`, url, format, content } };
}
