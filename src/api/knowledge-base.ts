import { z } from 'zod';
import { conditions, objectName } from './common.ts';
import { configRef } from './conversation.ts';
import { duration } from './duration.ts';
import { defaultServiceAccountName } from './names.ts';
import type { Resource } from './resource.ts';
import { atomicList, cel, mapList, observedGeneration, timestamp } from './schema.ts';
import { httpUrl, secretKeyRef } from './secret-reference.ts';

const sourceName = z
  .string()
  .min(1)
  .max(63)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/)
  .describe('Name of the source, unique in this object.');

export const documentSource = z
  .object({
    name: sourceName,
    configMap: z
      .object({ name: objectName('Name of the ConfigMap, in the same namespace.') })
      .optional()
      .describe('Every key of a ConfigMap is a document; its ending tells the format (.md, .txt, .html).'),
    objectStore: z
      .object({
        bucket: z.string().min(3).max(63).describe('Bucket of the object store that the SwarmConfig names.'),
        prefix: z.string().max(512).default('').describe('Only objects whose key begins so; all when empty.'),
      })
      .optional()
      .describe('Every object under a prefix is a document.'),
    sitemap: z
      .object({
        url: httpUrl('Address of the sitemap.xml.'),
        include: z
          .array(z.string().min(1).max(512))
          .max(32)
          .default([])
          .meta(atomicList())
          .describe('Only pages whose address begins with one of these; all when empty.'),
      })
      .optional()
      .describe('Every page of a sitemap is a document.'),
    urls: z
      .array(httpUrl('Address of a page.'))
      .min(1)
      .max(256)
      .optional()
      .meta(atomicList())
      .describe('Every page of this list is a document.'),
  })
  .meta(
    cel({
      rule: '[has(self.configMap), has(self.objectStore), has(self.sitemap), has(self.urls)].filter(given, given).size() == 1',
      message: 'a source has exactly one of configMap, objectStore, sitemap and urls',
    }),
  );
export type DocumentSource = z.output<typeof documentSource>;

export const embedding = z.object({
  baseURL: httpUrl('Address of an OpenAI-compatible endpoint up to and including /v1.'),
  model: z.string().min(1).max(128).regex(/^\S+$/).describe('Name the endpoint knows the embedding model by.'),
  apiKeySecretRef: secretKeyRef('API key of the endpoint; absent when it asks for none.', 'api-key').optional(),
  dimensions: z.int().min(8).max(4_096).optional().describe('Length of the vectors; the model’s own when absent.'),
  queryPrefix: z.string().max(256).default('').describe('Put before every question, as some models want it.'),
  passagePrefix: z.string().max(256).default('').describe('Put before every passage, as some models want it.'),
});

export const knowledgeBaseSpec = z.object({
  sources: z.array(documentSource).min(1).max(32).meta(mapList('name')).describe('Where the documents come from.'),
  refreshInterval: duration().default('24h').describe('How often the sources are read again, for example 24h.'),
  embedding: embedding.optional().describe('Vectors beside the words; words alone when absent.'),
  configRef: configRef.optional(),
  serviceAccountName: objectName('ServiceAccount of this namespace whose rights the sources are read with.').default(
    defaultServiceAccountName,
  ),
  suspend: z.boolean().default(false).describe('While true, the sources are not read again.'),
});
export type KnowledgeBaseSpec = z.output<typeof knowledgeBaseSpec>;
export type KnowledgeBaseSpecInput = z.input<typeof knowledgeBaseSpec>;

export const knowledgeBasePhase = z
  .enum(['Pending', 'Syncing', 'Ready', 'Failed', 'Suspended'])
  .describe('Derived, for people and for field selectors; programs read conditions.');

const count = (description: string) => z.int().min(0).max(1e9).describe(description);

export const knowledgeBaseStatus = z.object({
  observedGeneration,
  phase: knowledgeBasePhase.optional(),
  documents: count('Documents in the index.').optional(),
  chunks: count('Passages in the index.').optional(),
  index: z.string().max(255).optional().describe('Name of the index that answers now.'),
  indexes: z
    .array(z.string().min(1).max(255))
    .max(16)
    .optional()
    .meta(atomicList())
    .describe('Every index made for it; written down before it is made, so that none is left behind.'),
  withoutVector: count('Passages that still wait for their vector.').optional(),
  indexGeneration: count('Number of the index; it grows with every rebuild.').optional(),
  lastSyncTime: timestamp().optional().describe('When the sources were last read completely.'),
  sources: z
    .array(
      z.object({
        name: sourceName,
        documents: count('Documents it gave.'),
        chunks: count('Passages they became.'),
        lastSyncTime: timestamp().optional().describe('When it was last read completely.'),
        message: z.string().max(512).optional().describe('What went wrong with it, if something did.'),
      }),
    )
    .max(32)
    .optional()
    .meta(mapList('name'))
    .describe('What each source gave.'),
  conditions,
});
export type KnowledgeBaseStatus = z.output<typeof knowledgeBaseStatus>;

export type KnowledgeBase = Resource<KnowledgeBaseSpec, KnowledgeBaseStatus>;
