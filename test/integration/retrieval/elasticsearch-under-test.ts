import { readFileSync } from 'node:fs';
import { createElasticsearchClient } from '../../../src/backends/elasticsearch/elasticsearch-client.ts';
import type {
  ElasticsearchClient,
  ElasticsearchSettings,
} from '../../../src/backends/elasticsearch/elasticsearch-client.ts';
import { createGuardedFetch } from '../../../src/compose/guarded-fetch.ts';

/** The server of the test bed: `hack/test-bed/test-bed.sh services elasticsearch` starts one. */
export interface Server {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly ca: string;
}

export function serverUnderTest(): Server {
  const setting = (name: string) => {
    const value = process.env[`SWARM_TEST_ELASTICSEARCH_${name}`];
    if (value === undefined)
      throw new Error(`SWARM_TEST_ELASTICSEARCH_${name} is not set: these tests need the server of the test bed`);
    return value;
  };
  const [url, username, password] = [setting('URL'), setting('USERNAME'), setting('PASSWORD')];
  return { url, username, password, ca: readFileSync(setting('CA_FILE'), 'utf8') };
}

export function clientFor(server: Server, more: Partial<ElasticsearchSettings> = {}): ElasticsearchClient {
  const { url, username, password, ca } = server;
  return createElasticsearchClient({
    nodes: [url],
    credentials: { username, password },
    fetch: createGuardedFetch({ allowedHosts: [new URL(url).hostname], deniedHosts: [], ca }),
    ...more,
  });
}
