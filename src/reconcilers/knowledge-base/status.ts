import type { Condition } from '../../api/common.ts';
import { conditionOf, isTrue, type NewCondition, withCondition, withoutCondition } from '../../api/conditions.ts';
import type { KnowledgeBase, KnowledgeBaseStatus } from '../../api/knowledge-base.ts';
import { annotations } from '../../api/names.ts';
import type { Result, Synced } from './observed.ts';

type Ready = Pick<NewCondition, 'status' | 'reason' | 'message'>;

/** How it stands, and whether somebody must act (Stalled) or something still goes on (Reconciling). */
interface Verdict {
  readonly ready: Ready;
  readonly also?: 'Reconciling' | 'Stalled' | undefined;
}

export function knowledgeBaseStatus(knowledgeBase: KnowledgeBase, result: Result, now: Date): KnowledgeBaseStatus {
  const { metadata, status } = knowledgeBase;
  const at = { now, generation: metadata.generation };
  switch (result.kind) {
    case 'started':
      // The generation counts as observed only once it has been read.
      return { ...status, phase: 'Syncing', indexes: [...result.indexes], conditions: started(knowledgeBase, at) };
    case 'suspended':
      return {
        ...status,
        observedGeneration: metadata.generation,
        phase: 'Suspended',
        conditions: conditionsFor(status?.conditions, suspended(status?.conditions), at),
      };
    case 'failed':
      return {
        ...status,
        observedGeneration: metadata.generation,
        phase: 'Failed',
        conditions: conditionsFor(status?.conditions, trouble(result.reason, result.message, result.timeMayHelp), at),
      };
    case 'synced':
      return synced(knowledgeBase, result, now);
  }
}

type At = Parameters<typeof withCondition>[2];

/** While the sources are read again, what was found before still answers. */
function started({ metadata, status }: KnowledgeBase, at: At): Condition[] {
  const { conditions = [], observedGeneration } = status ?? {};
  // Tried again although nobody has acted: still stalled, and no news.
  if (isTrue(conditions, 'Stalled') && observedGeneration === metadata.generation) return conditions;
  const message = 'The sources are being read.';
  const begun = withoutCondition(conditions, 'Stalled');
  const ready = conditionOf(conditions, 'Ready')
    ? begun
    : withCondition(begun, { type: 'Ready', status: 'False', reason: 'Syncing', message }, at);
  return withCondition(ready, { type: 'Reconciling', status: 'True', reason: 'Syncing', message }, at);
}

function suspended(conditions: readonly Condition[] | undefined): Verdict {
  const known = conditionOf(conditions, 'Ready');
  if (known?.status === 'True') return { ready: { ...known, status: 'True' } };
  const message = 'spec.suspend is true: the sources are not read; set it to false to go on.';
  return { ready: { status: 'False', reason: 'Suspended', message } };
}

function conditionsFor(conditions: readonly Condition[] | undefined, { ready, also }: Verdict, at: At): Condition[] {
  const { status, reason, message } = ready;
  const lasting = (['Reconciling', 'Stalled'] as const)
    .filter((type) => type !== also)
    .reduce<readonly Condition[]>((left, type) => withoutCondition(left, type), conditions ?? []);
  const next = withCondition(lasting, { type: 'Ready', status, reason, message }, at);
  return also ? withCondition(next, { type: also, status: 'True', reason, message }, at) : next;
}

function trouble(reason: string, message: string, timeMayHelp: boolean): Verdict {
  return { ready: { status: 'False', reason, message }, also: timeMayHelp ? 'Reconciling' : 'Stalled' };
}

function synced({ metadata, status }: KnowledgeBase, result: Synced, now: Date): KnowledgeBaseStatus {
  const { report, live, indexes, withoutVector } = result;
  const verdict = verdictOf(metadata, result);
  const isComplete = report.sources.every((source) => source.isComplete);
  return {
    observedGeneration: metadata.generation,
    phase: verdict.ready.status === 'True' ? 'Ready' : 'Failed',
    ...answering(live),
    withoutVector,
    indexes: [...indexes],
    lastSyncTime: isComplete ? now.toISOString() : status?.lastSyncTime,
    sources: report.sources.map((source) => sourceStatus(source, status, now)),
    conditions: conditionsFor(status?.conditions, verdict, { now, generation: metadata.generation }),
  };
}

function answering(live: Synced['live']): Partial<KnowledgeBaseStatus> {
  if (!live) return { documents: 0, chunks: 0 };
  const { name, generation, counts } = live;
  return { documents: counts.documents, chunks: counts.chunks, index: name, indexGeneration: generation };
}

type SourceStatus = NonNullable<KnowledgeBaseStatus['sources']>[number];

function sourceStatus(
  { name, documents, chunks, isComplete, message }: Synced['report']['sources'][number],
  status: KnowledgeBaseStatus | undefined,
  now: Date,
): SourceStatus {
  const before = status?.sources?.find((source) => source.name === name);
  return { name, documents, chunks, lastSyncTime: isComplete ? now.toISOString() : before?.lastSyncTime, message };
}

/** What is worst decides; the rest is in the message and in `sources`. */
function verdictOf(metadata: KnowledgeBase['metadata'], result: Synced): Verdict {
  const { report, live, withheld } = result;
  const lost = withheld ? `A new build of the index lacks ${withheld.missing} documents` : undefined;
  if (report.heldBack > 0 || lost !== undefined) {
    const what = lost ?? `The sources have lost ${report.heldBack} documents`;
    const allow = `${annotations.allowDeletions}=${metadata.generation}`;
    const remedy = `if that is meant: kubectl -n ${metadata.namespace} annotate --overwrite knowledgebase ${metadata.name} ${allow}`;
    return trouble('TooManyDeletions', `${what}, more than 30 % of what there was; none was removed; ${remedy}`, false);
  }
  const broken = report.sources.filter((source) => !source.isComplete);
  if (broken.length > 0) {
    const sentences = broken.map(({ name, message }) => `${name}: ${message ?? 'could not be read.'}`);
    return trouble(
      'SyncFailed',
      sentences.join(' '),
      broken.some(({ timeMayHelp }) => timeMayHelp),
    );
  }
  if (!live) return trouble('NoDocuments', 'The sources have no documents; status.sources says more.', false);
  const { embeddingTrouble } = report;
  if (embeddingTrouble) {
    const timeMayHelp = embeddingTrouble.name === 'RetryableError';
    return trouble('EmbeddingUnavailable', `Found by words alone: ${embeddingTrouble.message}`, timeMayHelp);
  }
  return { ready: { status: 'True', reason: 'Synced', message: readyMessage(live) } };
}

function readyMessage({ counts, notice }: NonNullable<Synced['live']>): string {
  const found = `${counts.documents} documents in ${counts.chunks} passages.`;
  return notice === undefined ? found : `${found} ${notice}`;
}
