import { join } from 'node:path';
import type { KnowledgeBase } from '../api/knowledge-base.ts';
import type { SwarmConfig } from '../api/swarm-config.ts';
import { createDuckDbEngine } from '../backends/duckdb/duckdb-engine.ts';
import { createPdfReader } from '../backends/pdf/sandboxed-pdf-reader.ts';
import { createKubeTektonClient } from '../backends/tekton/kube-tekton-client.ts';
import type { RandomSource } from '../base/backoff.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { KubeClient } from '../kube/kube-client.ts';
import type { Cache } from '../operator/cache.ts';
import type { AddressGuard } from './address-guard.ts';
import { createKfpSources } from './kfp-sources.ts';
import { createKnowledge } from './knowledge.ts';
import { createObjectStores } from './object-stores.ts';

export interface BackendParts {
  readonly kube: KubeClient;
  readonly configs: Cache<SwarmConfig>;
  /** With an index `namespace`. */
  readonly knowledgeBases: Cache<KnowledgeBase>;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly log: Log;
  readonly guard: AddressGuard;
  readonly dataDirectory: string;
}

/** Everything outside the API server that agents and controllers work with, made once for the whole operator. */
export function createBackends(parts: BackendParts) {
  const { kube, clock, dataDirectory } = parts;
  const store = createObjectStores(parts);
  const knowledge = createKnowledge(parts);
  return {
    tekton: createKubeTektonClient(kube),
    store,
    kfp: createKfpSources({ ...parts, stores: store }),
    engine: createDuckDbEngine({ clock, spoolDirectory: join(dataDirectory, 'spool') }),
    pdf: createPdfReader({ clock }),
    knowledge,
  };
}

export type SwarmBackends = ReturnType<typeof createBackends>;
