import { chunkDocument, chunkerVersion } from '../retrieval/chunk-document.ts';
import { EmbeddedIndex } from '../retrieval/embedded-index.ts';
import { createKnowledgeSource, type ReadyBase } from '../retrieval/knowledge-search.ts';
import type { Knowledge, KnowledgeScope, KnowledgeSource } from '../retrieval/knowledge-source.ts';

/** Pages by path, in Markdown. */
export type FakePages = Readonly<Record<string, string>>;

/** Knowledge bases in memory, searched as real ones are; `failure` is thrown by whoever opens them. */
export class FakeKnowledge implements KnowledgeSource {
  failure: Error | undefined;
  readonly #bases: Readonly<Record<string, FakePages>>;

  constructor(bases: Readonly<Record<string, FakePages>>) {
    this.#bases = bases;
  }

  async open(scope: KnowledgeScope): Promise<Knowledge> {
    if (this.failure) throw this.failure;
    const bases = await Promise.all(Object.entries(this.#bases).map(([name, pages]) => memoryBase(name, pages)));
    return createKnowledgeSource({ basesOf: () => Promise.resolve(bases) }).open(scope);
  }
}

export async function memoryBase(name: string, pages: FakePages): Promise<ReadyBase> {
  const key = { namespace: 'team-a', knowledgeBase: name, generation: 1 };
  const chunks = Object.entries(pages).flatMap(([path, content]) => {
    const url = `https://docs.example/${path.replace(/\.md$/, '')}`;
    return chunkDocument({ knowledgeBase: name, path, url, format: 'markdown', content });
  });
  const content = { settings: { chunker: chunkerVersion }, chunks: chunks.map((chunk) => ({ chunk })) };
  return { name, index: await EmbeddedIndex.from(key, content, () => Promise.resolve()) };
}
