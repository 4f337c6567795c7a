import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { TerminalError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { EmbeddedIndex, embeddedIndexName } from './embedded-index.ts';
import { readGeneration, readIfThere, replaceFile, writeGeneration } from './generation-file.ts';
import type {
  GenerationKey,
  GenerationSettings,
  KnowledgeBaseKey,
  KnowledgeIndex,
  KnowledgeStore,
} from './knowledge-store.ts';

export interface EmbeddedStoreSettings {
  /** Holds one folder per namespace and knowledge base. Lost with its disk, it is filled again from the sources. */
  readonly directory: string;
  readonly log: Log;
}

/** Knowledge bases in files of this process: no server, and nothing else may write to the directory. */
export function createEmbeddedStore(settings: EmbeddedStoreSettings): KnowledgeStore {
  return new EmbeddedStore(settings);
}

const generationFile = /^g(\d{6,})\.knowledge$/;
const activeFile = 'active.json';
const pointer = z.object({ generation: z.int().min(1) });

class EmbeddedStore implements KnowledgeStore {
  readonly #directory: string;
  readonly #log: Log;
  /** Each generation is in memory at most once, whoever asks at the same time. */
  readonly #loading = new Map<string, Promise<EmbeddedIndex | undefined>>();

  constructor({ directory, log }: EmbeddedStoreSettings) {
    this.#directory = directory;
    this.#log = log;
  }

  nameOf(key: GenerationKey): string {
    return embeddedIndexName(key);
  }

  async open(key: GenerationKey, settings: GenerationSettings): Promise<KnowledgeIndex> {
    await mkdir(this.#folder(key), { recursive: true });
    const index = (await this.#load(key)) ?? (await this.#create(key, settings));
    if (!sameSettings(index.settings, settings)) {
      throw new TerminalError(
        'SettingsDiffer',
        `Generation ${key.generation} of knowledge base ${key.knowledgeBase} was built with other settings; build a new generation.`,
      );
    }
    return index;
  }

  async active(key: KnowledgeBaseKey): Promise<KnowledgeIndex | undefined> {
    const file = await readIfThere(join(this.#folder(key), activeFile));
    if (file === undefined) return undefined;
    const { success, data } = pointer.safeParse(jsonOf(file));
    return success ? this.#load({ ...key, generation: data.generation }) : undefined;
  }

  async activate(key: GenerationKey): Promise<void> {
    const text = JSON.stringify({ generation: key.generation });
    await replaceFile(join(this.#folder(key), activeFile), [Buffer.from(text)]);
  }

  async generations(key: KnowledgeBaseKey): Promise<readonly number[]> {
    const names = await namesIn(this.#folder(key));
    return names
      .flatMap((name) => Number(generationFile.exec(name)?.[1] ?? []))
      .filter((each) => each > 0)
      .sort((left, right) => left - right);
  }

  async drop(key: GenerationKey): Promise<void> {
    this.#loading.delete(this.#path(key));
    await rm(this.#path(key), { force: true });
    if ((await this.generations(key)).length === 0) await rm(this.#folder(key), { recursive: true, force: true });
  }

  #load(key: GenerationKey): Promise<EmbeddedIndex | undefined> {
    const path = this.#path(key);
    return this.#loading.get(path) ?? this.#remember(path, this.#read(key, path));
  }

  #create(key: GenerationKey, settings: GenerationSettings): Promise<EmbeddedIndex> {
    const path = this.#path(key);
    return this.#remember(path, createAt(key, settings, path));
  }

  /** What could not be loaded is tried again by the next caller. */
  #remember<Loaded extends EmbeddedIndex | undefined>(path: string, loading: Promise<Loaded>): Promise<Loaded> {
    const forget = () => {
      if (this.#loading.get(path) === loading) this.#loading.delete(path);
    };
    this.#loading.set(path, loading);
    loading.then((index) => {
      if (index === undefined) forget();
    }, forget);
    return loading;
  }

  /** A damaged file is as good as none: the next sync fills the generation again. */
  async #read(key: GenerationKey, path: string): Promise<EmbeddedIndex | undefined> {
    try {
      const content = await readGeneration(path);
      return content && (await EmbeddedIndex.from(key, content, (next) => writeGeneration(path, next)));
    } catch (error) {
      if (isSystemError(error)) throw error;
      this.#log.warn({ path, err: error }, 'leaving a damaged knowledge base file to be rebuilt');
      return undefined;
    }
  }

  #path(key: GenerationKey): string {
    return join(this.#folder(key), `g${String(key.generation).padStart(6, '0')}.knowledge`);
  }

  #folder({ namespace, knowledgeBase }: KnowledgeBaseKey): string {
    for (const name of [namespace, knowledgeBase]) {
      if (!/^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/.test(name))
        throw new TerminalError('InvalidName', `${JSON.stringify(name)} is no object name.`);
    }
    return join(this.#directory, namespace, knowledgeBase);
  }
}

async function createAt(key: GenerationKey, settings: GenerationSettings, path: string): Promise<EmbeddedIndex> {
  const index = await EmbeddedIndex.from(key, { settings, chunks: [] }, (next) => writeGeneration(path, next));
  await index.refresh();
  return index;
}

function sameSettings(left: GenerationSettings, right: GenerationSettings): boolean {
  return (
    left.chunker === right.chunker &&
    left.embeddingModel === right.embeddingModel &&
    left.dimensions === right.dimensions
  );
}

function jsonOf(file: Buffer): unknown {
  try {
    return JSON.parse(file.toString('utf8'));
  } catch {
    // Not JSON is not a pointer: the caller's schema says so.
    return undefined;
  }
}

/** The disk does not answer: not the same as a file that is wrong. */
function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
