import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { conditionOf } from '../../../src/api/conditions.ts';
import { apiVersion } from '../../../src/api/group.ts';
import type { KnowledgeBase } from '../../../src/api/knowledge-base.ts';
import { annotations } from '../../../src/api/names.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { createElasticsearchStore } from '../../../src/retrieval/elasticsearch-store.ts';
import { waitFor } from '../../support/wait-for.ts';
import { Team } from '../reconcilers/team.ts';
import { clientFor, serverUnderTest } from './elasticsearch-under-test.ts';

const server = serverUnderTest();
const store = createElasticsearchStore({ client: clientFor(server), clock: systemClock });
const name = 'handbook';
const pages = {
  'quota.md': '# Quotas\n\nA ClusterQueue limits the cpu of a team.\n',
  'cache.md': '# Caching\n\nA step is skipped when its inputs are unchanged.\n',
  'retry.md': '# Retries\n\nA failed step runs again.\n',
  'preempt.md': '# Preemption\n\nHigh priority evicts low priority.\n',
};

/** The whole operator, a real API server and a real Elasticsearch. */
describe('a knowledge base of a team', () => {
  let team: Team;

  beforeAll(async () => {
    team = await Team.create('knowledge');
    await team.start('--allowed-hosts=127.0.0.1', `--data-directory=${mkdtempSync(join(tmpdir(), 'knowledge-'))}`);
  });
  afterAll(async () => {
    await team.kubectl.run('delete', 'knowledgebases', '--all', '--timeout=60s');
    await team.end();
  });

  const read = () => team.kubectl.get<KnowledgeBase>('knowledgebase', name);
  const base = () => ({ namespace: team.name, knowledgeBase: name });

  async function until(what: string, is: (base: KnowledgeBase) => boolean): Promise<KnowledgeBase> {
    return waitFor(
      what,
      async () => {
        const found = await read();
        return is(found) ? found : undefined;
      },
      { withinMs: 60_000, explain: async () => JSON.stringify((await read()).status, null, 2) },
    );
  }

  const reasonIs = (reason: string) => (found: KnowledgeBase) =>
    conditionOf(found.status?.conditions, 'Ready')?.reason === reason;

  async function applySettings(password: string): Promise<void> {
    const metadata = { name: 'elasticsearch', annotations: { [annotations.allowedHosts]: '127.0.0.1' } };
    const stringData = { username: server.username, password, 'ca.crt': server.ca };
    await team.kubectl.apply({ apiVersion: 'v1', kind: 'Secret', metadata, stringData });
    await team.kubectl.apply({
      apiVersion,
      kind: 'SwarmConfig',
      metadata: { name: 'default' },
      spec: {
        backends: {
          elasticsearch: {
            nodes: [server.url],
            secretRef: { name: 'elasticsearch' },
            caSecretRef: { name: 'elasticsearch' },
          },
        },
      },
    });
  }

  test('says what is wrong with the store, is built once that is right, and takes its index with it', async () => {
    await applySettings('wrong');
    await team.kubectl.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: pages });
    await team.kubectl.apply({
      apiVersion,
      kind: 'KnowledgeBase',
      metadata: { name },
      spec: { sources: [{ name: 'pages', configMap: { name } }] },
    });
    const refused = await until('the password is refused', reasonIs('Unauthorized'));
    expect(conditionOf(refused.status?.conditions, 'Stalled')?.message).toContain('Secret');

    await applySettings(server.password);
    const built = await until('it is built', reasonIs('Synced'));
    expect(built.status).toMatchObject({
      phase: 'Ready',
      documents: 4,
      index: `swarm-${team.name}.${name}-g000001`,
      sources: [{ name: 'pages', documents: 4 }],
    });
    expect(await (await store.active(base()))?.documents()).toEqual(
      Object.keys(pages)
        .sort()
        .map((key) => `pages/${key}`),
    );

    await team.kubectl.run('delete', 'knowledgebase', name, '--timeout=60s');
    expect(await store.generations(base())).toEqual([]);
  });
});
