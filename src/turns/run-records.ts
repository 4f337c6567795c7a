import type { RunReference } from '../agents/tool.ts';
import { type JournalCitation, journalLimits, type JournalRun } from './journal.ts';
import { cut } from './results.ts';

/** Runs that calls started are added, those that are known are brought up to date. */
export function withRuns(
  runs: readonly JournalRun[],
  news: { started: readonly RunReference[]; seen: readonly RunReference[]; turn: string },
): readonly JournalRun[] {
  if (news.started.length === 0 && news.seen.length === 0) return runs;
  // Runs of Kubeflow Pipelines may have one name.
  const keyOf = ({ backend, name, id }: RunReference | JournalRun) => `${backend}/${backend === 'kfp' ? id : name}`;
  const byKey = new Map(runs.map((run) => [keyOf(run), run]));
  for (const run of news.started) byKey.set(keyOf(run), journalRun(run, news.turn));
  // Runs of others that were only looked at are no runs of this turn.
  for (const run of news.seen) if (byKey.has(keyOf(run))) byKey.set(keyOf(run), journalRun(run, news.turn));
  return [...byKey.values()].slice(-journalLimits.runs);
}

function journalRun({ message, results, ...run }: RunReference, turn: string): JournalRun {
  const kept = Object.entries(results ?? {}).slice(0, journalLimits.runResults);
  return {
    ...run,
    turn,
    ...(message !== undefined && { message: cut(message, 512) }),
    ...(kept.length > 0 && { results: Object.fromEntries(kept.map(([name, value]) => [name, cut(value, 1024)])) }),
  };
}

export function withCitations(
  known: readonly JournalCitation[],
  news: readonly JournalCitation[],
): readonly JournalCitation[] {
  const fresh = news.filter(({ n, url }) => !known.some((citation) => citation.n === n && citation.url === url));
  const bounded = fresh.map(({ n, title, url }) => ({ n, title: cut(title, 256), url: cut(url, 1024) }));
  return bounded.length === 0 ? known : [...known, ...bounded].slice(-journalLimits.citations);
}
