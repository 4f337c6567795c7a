import type { ObjectKey } from '../../operator/reconciler.ts';
import { VersionMemory } from '../../retrieval/ingest/version-memory.ts';
import type { LastTry } from './observed.ts';

interface Remembered {
  readonly uid: string;
  lastTry?: LastTry;
  versions?: { readonly index: string; readonly memory: VersionMemory };
}

/** What this process knows of each knowledge base beyond its status; nothing breaks when it is lost. */
export class KnowledgeBaseMemory {
  readonly #known = new Map<ObjectKey, Remembered>();

  forget(key: ObjectKey): void {
    this.#known.delete(key);
  }

  lastTry(key: ObjectKey, uid: string): LastTry | undefined {
    return this.#of(key, uid).lastTry;
  }

  noteTry(key: ObjectKey, uid: string, lastTry: LastTry): void {
    this.#of(key, uid).lastTry = lastTry;
  }

  /** Versions of the documents in one index; another index begins with none. */
  versions(key: ObjectKey, uid: string, index: string): VersionMemory {
    const remembered = this.#of(key, uid);
    if (remembered.versions?.index !== index) remembered.versions = { index, memory: new VersionMemory() };
    return remembered.versions.memory;
  }

  #of(key: ObjectKey, uid: string): Remembered {
    const known = this.#known.get(key);
    if (known?.uid === uid) return known;
    const fresh: Remembered = { uid };
    this.#known.set(key, fresh);
    return fresh;
  }
}
