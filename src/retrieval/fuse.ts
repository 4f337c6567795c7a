import type { ScoredChunk } from './knowledge-store.ts';

/** One list of a search and how much it counts. */
export interface Ranking {
  readonly hits: readonly ScoredChunk[];
  readonly weight: number;
}

/** Damping of reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009). */
const rankConstant = 60;

/** Σ weight / (60 + rank), rank from 1: knows no scores, so lists of any kind may meet. */
export function fuseByRank(rankings: readonly Ranking[]): ScoredChunk[] {
  return fuse(rankings, ({ hits, weight }) => hits.map((_, index) => weight / (rankConstant + index + 1)));
}

/** Σ weight × score stretched to 0–1 within its list: keeps how far apart the hits are. */
export function fuseByScore(rankings: readonly Ranking[]): ScoredChunk[] {
  return fuse(rankings, ({ hits, weight }) => {
    const scores = hits.map(({ score }) => score);
    const [least, most] = [Math.min(...scores), Math.max(...scores)];
    return scores.map((score) => weight * (most === least ? 1 : (score - least) / (most - least)));
  });
}

function fuse(rankings: readonly Ranking[], gains: (ranking: Ranking) => readonly number[]): ScoredChunk[] {
  const fused = new Map<string, ScoredChunk>();
  for (const ranking of rankings) {
    const gained = gains(ranking);
    for (const [index, { chunk }] of ranking.hits.entries()) {
      const score = (fused.get(chunk.id)?.score ?? 0) + (gained[index] ?? 0);
      fused.set(chunk.id, { chunk, score });
    }
  }
  return [...fused.values()].sort(
    (left, right) => right.score - left.score || (left.chunk.id < right.chunk.id ? -1 : 1),
  );
}
