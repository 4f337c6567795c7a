import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { createElasticsearchClient } from '../../src/backends/elasticsearch/elasticsearch-client.ts';
import { systemClock } from '../../src/base/clock.ts';
import { createLog } from '../../src/base/log.ts';
import { createElasticsearchStore } from '../../src/retrieval/elasticsearch-store.ts';
import { systemRandom } from '../../src/base/backoff.ts';
import { createOpenAiEmbedder } from '../../src/retrieval/openai-embedder.ts';
import type { Embedder } from '../../src/retrieval/embedder.ts';
import { createEmbeddedStore } from '../../src/retrieval/embedded-store.ts';
import type { KnowledgeStore } from '../../src/retrieval/knowledge-store.ts';

export interface EvaluatedStore {
  readonly store: KnowledgeStore;
  readonly dispose: () => Promise<void>;
}

/** @param name `embedded`, or `elasticsearch` at SWARM_TEST_ELASTICSEARCH_URL */
export function openStore(name: string): EvaluatedStore {
  if (name === 'embedded') return embedded();
  if (name === 'elasticsearch') return elasticsearch();
  throw new Error(`there is no store ${JSON.stringify(name)}: embedded or elasticsearch`);
}

/** @param baseURL of an endpoint that speaks OpenAI's /v1/embeddings, such as test/eval/embedding-server */
export function evaluatedEmbedder(baseURL: string): Embedder {
  const log = createLog({ level: 'warn' });
  const model = 'all-MiniLM-L6-v2';
  return createOpenAiEmbedder({
    baseURL,
    model,
    queryPrefix: '',
    passagePrefix: '',
    fetch,
    clock: systemClock,
    random: systemRandom,
    log,
  });
}

function embedded(): EvaluatedStore {
  const directory = mkdtempSync(join(tmpdir(), 'swarm-retrieve-'));
  return {
    store: createEmbeddedStore({ directory, log: createLog({ level: 'warn' }) }),
    dispose: () => {
      rmSync(directory, { recursive: true });
      return Promise.resolve();
    },
  };
}

function elasticsearch(): EvaluatedStore {
  const {
    SWARM_TEST_ELASTICSEARCH_URL: url,
    SWARM_TEST_ELASTICSEARCH_USERNAME: username,
    SWARM_TEST_ELASTICSEARCH_PASSWORD: password,
    SWARM_TEST_ELASTICSEARCH_CA_FILE: caFile,
  } = process.env;
  if (url === undefined) throw new Error('set SWARM_TEST_ELASTICSEARCH_URL to the server that is to be measured');
  if (caFile !== undefined) setDefaultCACertificates([...getCACertificates(), readFileSync(caFile, 'utf8')]);
  const client = createElasticsearchClient({
    nodes: [url],
    fetch,
    ...(username !== undefined && password !== undefined && { credentials: { username, password } }),
  });
  return {
    store: createElasticsearchStore({ client, clock: systemClock }),
    dispose: () => Promise.resolve(),
  };
}
