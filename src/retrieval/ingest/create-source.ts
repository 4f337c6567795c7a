import type { PdfReader } from '../../backends/pdf/pdf-reader.ts';
import type { ObjectStoreSource } from '../../backends/s3/object-store.ts';
import { configMapSource, type ConfigMapReader } from './config-map-source.ts';
import type { DocumentSource } from './document-source.ts';
import { objectStoreSource } from './object-store-source.ts';
import type { PageFetcher } from './page-fetcher.ts';
import { pageSource } from './page-source.ts';
import { sitemapSource } from './sitemap-source.ts';

/** One entry of `spec.sources`: exactly one of the four is given. */
export interface SourceSettings {
  readonly name: string;
  readonly configMap?: { readonly name: string } | undefined;
  readonly objectStore?: { readonly bucket: string; readonly prefix: string } | undefined;
  readonly sitemap?: { readonly url: string; readonly include: readonly string[] } | undefined;
  readonly urls?: readonly string[] | undefined;
}

/** Whose source it is, and whose rights it is read with. */
export interface SourceOwner {
  readonly namespace: string;
  readonly knowledgeBase: string;
  readonly serviceAccountName: string;
  readonly configName: string | undefined;
}

/** What sources are read through. */
export interface SourcePorts {
  readonly configMaps: ConfigMapReader;
  readonly objectStore: ObjectStoreSource;
  readonly pages: PageFetcher;
  readonly pdf: PdfReader;
}

export function createSource(settings: SourceSettings, owner: SourceOwner, ports: SourcePorts): DocumentSource {
  const { name, configMap, objectStore, sitemap, urls } = settings;
  const { namespace, knowledgeBase, serviceAccountName, configName } = owner;
  const identity = { source: name, knowledgeBase };
  if (configMap) return configMapSource({ ...identity, namespace, name: configMap.name }, ports);
  if (objectStore) {
    const scope = { namespace, serviceAccountName, configName };
    const openStore = (signal: AbortSignal) => ports.objectStore.store({ ...scope, signal });
    return objectStoreSource({ ...identity, ...objectStore }, { openStore, pdf: ports.pdf });
  }
  if (sitemap) return sitemapSource({ ...identity, ...sitemap }, ports);
  return pageSource({ ...identity, urls: urls ?? [] }, ports);
}
