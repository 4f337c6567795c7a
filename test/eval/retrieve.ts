import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Chunk } from '../../src/retrieval/chunk.ts';
import { chunkerVersion } from '../../src/retrieval/chunk-document.ts';
import { createKnowledgeSource } from '../../src/retrieval/knowledge-search.ts';
import type { Knowledge } from '../../src/retrieval/knowledge-source.ts';
import { passageText } from '../../src/retrieval/ingest/passage-text.ts';
import type { KnowledgeStore } from '../../src/retrieval/knowledge-store.ts';
import {
  chunksOfCorpus,
  chunksOfFolder,
  evaluatedBase,
  readGrades,
  readQueries,
  readQuestions,
} from './retrieve-collections.ts';
import {
  abstentionMeasures,
  type AnsweredQuestion,
  ndcg10,
  percentile,
  type Question,
  rankMeasures,
  rounded,
} from './retrieve-measures.ts';
import { evaluatedEmbedder, openStore } from './retrieve-store.ts';

const usage = `usage: npm run --silent eval:retrieve -- --docs DIR --questions FILE.json --out OUT.jsonl [--store embedded|elasticsearch]
       npm run --silent eval:retrieve -- --corpus FILE.jsonl --queries FILE.jsonl --qrels FILE.tsv --out OUT.jsonl [--store …]
       Vectors, if any: --embeddings BASE_URL, and how much they count: --vector-share 0…1 (0.5) [--fusion scores|ranks]`;
const { values } = parseArgs({
  options: {
    docs: { type: 'string' },
    questions: { type: 'string' },
    corpus: { type: 'string' },
    queries: { type: 'string' },
    qrels: { type: 'string' },
    out: { type: 'string' },
    store: { type: 'string', default: 'embedded' },
    embeddings: { type: 'string' },
    'vector-share': { type: 'string' },
    fusion: { type: 'string', default: 'scores' },
  },
});
const { docs, questions: questionFile, corpus, queries, qrels, out, store: storeName } = values;

if (docs !== undefined && questionFile !== undefined && out !== undefined) {
  await evaluatePages(docs, questionFile, out);
} else if (corpus !== undefined && queries !== undefined && qrels !== undefined && out !== undefined) {
  await evaluateCollection(corpus, { queries, qrels, out });
} else {
  console.error(usage);
  process.exitCode = 2;
}

async function evaluatePages(folder: string, file: string, outFile: string): Promise<void> {
  const questions = readQuestions(file);
  const { answers, facts } = await answerAll(() => chunksOfFolder(folder), questions);
  writeLines(outFile, answers);
  const byId = new Map(answers.map((answer) => [answer.id, answer]));
  const kinds = [...new Set(questions.filter(({ gold }) => gold.length > 0).map(kindOf))];
  const byKind = kinds.map((kind) => [
    kind,
    rankMeasures(
      questions.filter((each) => kindOf(each) === kind),
      byId,
    ),
  ]);
  const abstention = abstentionMeasures(questions, byId);
  print({
    ...rankMeasures(questions, byId),
    abstention,
    ...facts,
    ...(kinds.length > 1 && { byKind: Object.fromEntries(byKind) as object }),
  });
}

async function evaluateCollection(file: string, paths: { queries: string; qrels: string; out: string }): Promise<void> {
  const grades = readGrades(paths.qrels);
  const questions = readQueries(paths.queries).filter(({ id }) => grades.has(id));
  const { answers, facts } = await answerAll(() => chunksOfCorpus(file), questions);
  writeLines(paths.out, answers);
  print({ questions: questions.length, ndcg10: ndcg10(answers, grades), ...facts });
}

/** Indexes, then asks one question after the other, as a person would. */
async function answerAll(chunksOf: () => Chunk[], questions: readonly Question[]) {
  const { store, dispose } = openStore(storeName);
  const key = { namespace: 'eval', knowledgeBase: evaluatedBase, generation: 1 };
  try {
    await store.drop(key);
    const started = performance.now();
    const chunks = chunksOf();
    const knowledge = await indexed(store, chunks);
    const indexSeconds = rounded((performance.now() - started) / 1000);
    const answers: AnsweredQuestion[] = [];
    for (const question of questions) answers.push(await answered(knowledge, question));
    const times = answers.map(({ ms }) => ms);
    const rssMiB = Math.round(process.memoryUsage.rss() / 2 ** 20);
    const p50Ms = percentile(times, 0.5);
    const p95Ms = percentile(times, 0.95);
    return { answers, facts: { store: storeName, chunks: chunks.length, p50Ms, p95Ms, indexSeconds, rssMiB } };
  } finally {
    await store.drop(key);
    await dispose();
  }
}

async function indexed(store: KnowledgeStore, chunks: readonly Chunk[]): Promise<Knowledge> {
  const key = { namespace: 'eval', knowledgeBase: evaluatedBase, generation: 1 };
  const { signal } = new AbortController();
  const embedder = values.embeddings === undefined ? undefined : evaluatedEmbedder(values.embeddings);
  const vectors = await embedder?.embed(chunks.map(passageText), { kind: 'passage', signal });
  const model = embedder && { embeddingModel: embedder.model, dimensions: vectors?.[0]?.length ?? 0 };
  const index = await store.open(key, { chunker: chunkerVersion, ...model });
  await index.apply({ remove: [], write: chunks.map((chunk, place) => ({ chunk, vector: vectors?.[place] })) });
  await index.refresh();
  await store.activate(key);
  const share = values['vector-share'];
  const source = createKnowledgeSource({
    basesOf: () => Promise.resolve([{ name: evaluatedBase, index, embedder }]),
    ...(share !== undefined && { vectorShare: Number(share) }),
    fusion: values.fusion === 'ranks' ? 'ranks' : 'scores',
  });
  return source.open({ namespace: 'eval', serviceAccountName: 'swarm-runner', signal });
}

async function answered(knowledge: Knowledge, { id, q }: Question): Promise<AnsweredQuestion> {
  const started = performance.now();
  const { pages, confident } = await knowledge.search({ text: q, limit: 10 });
  const ms = rounded(performance.now() - started);
  return {
    id,
    pages: pages.map(({ document }) => document),
    scores: pages.map(({ score }) => rounded(score)),
    abstained: !confident,
    ms,
  };
}

function kindOf({ id }: Question): string {
  return id.replace(/-?\d+$/, '');
}

function writeLines(path: string, answers: readonly AnsweredQuestion[]): void {
  writeFileSync(path, answers.map((answer) => `${JSON.stringify(answer)}\n`).join(''));
}

function print(summary: object): void {
  console.log(JSON.stringify(summary, null, 2));
}
