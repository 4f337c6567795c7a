import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEmbeddedStore } from '../../../src/retrieval/embedded-store.ts';
import { describeKnowledgeStore } from './knowledge-store-contract.ts';

function nothing(): void {
  // These tests look at what is found.
}
const log = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => log };

describeKnowledgeStore('the embedded store', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'knowledge-'));
  const open = () => createEmbeddedStore({ directory, log });
  return {
    store: open(),
    reopen: () => Promise.resolve(open()),
    close: () => rm(directory, { recursive: true }),
  };
});
