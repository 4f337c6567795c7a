import { TerminalError } from '../base/errors.ts';
import { canonicalJson } from '../base/digest.ts';
import { EmbeddedIndex } from '../retrieval/embedded-index.ts';
import type {
  GenerationKey,
  GenerationSettings,
  KnowledgeBaseKey,
  KnowledgeIndex,
  KnowledgeStore,
} from '../retrieval/knowledge-store.ts';

/** Knowledge bases in memory, searched as the embedded ones are; it outlives the processes of a test. */
export class MemoryKnowledgeStore implements KnowledgeStore {
  readonly #indexes = new Map<string, KnowledgeIndex>();
  readonly #active = new Map<string, GenerationKey>();

  nameOf({ namespace, knowledgeBase, generation }: GenerationKey): string {
    return `${namespace}/${knowledgeBase}/${generation}`;
  }

  async open(key: GenerationKey, settings: GenerationSettings): Promise<KnowledgeIndex> {
    const name = this.nameOf(key);
    const index =
      this.#indexes.get(name) ?? (await EmbeddedIndex.from(key, { settings, chunks: [] }, () => Promise.resolve()));
    this.#indexes.set(name, index);
    if (canonicalJson(index.settings) !== canonicalJson(settings)) {
      throw new TerminalError('SettingsDiffer', `${name} was made with other settings`);
    }
    return index;
  }

  active({ namespace, knowledgeBase }: KnowledgeBaseKey): Promise<KnowledgeIndex | undefined> {
    const key = this.#active.get(`${namespace}/${knowledgeBase}`);
    return Promise.resolve(key && this.#indexes.get(this.nameOf(key)));
  }

  activate(key: GenerationKey): Promise<void> {
    this.#active.set(`${key.namespace}/${key.knowledgeBase}`, key);
    return Promise.resolve();
  }

  generations({ namespace, knowledgeBase }: KnowledgeBaseKey): Promise<readonly number[]> {
    const keys = [...this.#indexes.values()].map(({ key }) => key);
    const own = keys.filter((key) => key.namespace === namespace && key.knowledgeBase === knowledgeBase);
    return Promise.resolve(own.map(({ generation }) => generation).sort((left, right) => left - right));
  }

  drop(key: GenerationKey): Promise<void> {
    this.#indexes.delete(this.nameOf(key));
    return Promise.resolve();
  }
}
