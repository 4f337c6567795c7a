import { readFileSync } from 'node:fs';

/** A file of requests with the world they speak of; the format of the interpretation sets. */
export interface UtteranceSet {
  readonly name: string;
  readonly now: string;
  readonly world: World;
  readonly items: readonly Item[];
}

export interface Item {
  readonly id: string;
  readonly level: string;
  readonly lang: string;
  readonly previous?: readonly { readonly role: 'user' | 'assistant'; readonly text: string }[];
  readonly utterance: string;
  readonly expect: Expectation;
}

export interface ExpectedCall {
  readonly agent: string;
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly resolved?: { readonly args?: Readonly<Record<string, unknown>> } & Readonly<Record<string, unknown>>;
}

export type Expectation =
  ExpectedCall | { readonly steps: readonly Expectation[] } | { readonly anyOf: readonly Expectation[] };

export interface Call {
  readonly agent: string;
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
}

export interface Prediction extends Call {
  readonly id: string;
  readonly steps?: readonly Call[];
}

export type Thing = Readonly<Record<string, unknown>> & { readonly name: string };

export interface World {
  readonly namespaces?: readonly Thing[];
  readonly kfp?: Readonly<Partial<Record<'pipelines' | 'experiments' | 'runs' | 'schedules', readonly Thing[]>>>;
  readonly tekton?: Readonly<Partial<Record<'pipelines' | 'runs', readonly Thing[]>>>;
  readonly minio?: {
    readonly buckets: readonly (Thing & { readonly objects?: readonly Readonly<Record<string, unknown>>[] })[];
  };
  readonly docs?: { readonly knowledgeBases: readonly Thing[] };
}

export function readSet(path: string): UtteranceSet {
  return JSON.parse(readFileSync(path, 'utf8')) as UtteranceSet;
}
