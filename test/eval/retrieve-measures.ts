/** One answered question, in the shape of a line of the output. */
export interface AnsweredQuestion {
  readonly id: string;
  readonly pages: readonly string[];
  readonly scores: readonly number[];
  readonly abstained: boolean;
  readonly ms: number;
}

export interface Question {
  readonly id: string;
  readonly q: string;
  readonly gold: readonly string[];
}

/** Means over the answerable questions; an abstained one counts 0. */
export interface RankMeasures {
  readonly questions: number;
  readonly hit1: number;
  readonly hit5: number;
  readonly hit10: number;
  readonly mrr10: number;
}

export function rankMeasures(
  questions: readonly Question[],
  answers: ReadonlyMap<string, AnsweredQuestion>,
): RankMeasures {
  const ranks = questions
    .filter(({ gold }) => gold.length > 0)
    .map((question) => rankOf(question, answers.get(question.id)));
  const share = (within: number) => mean(ranks.map((rank) => (rank <= within ? 1 : 0)));
  return {
    questions: ranks.length,
    hit1: share(1),
    hit5: share(5),
    hit10: share(10),
    mrr10: mean(ranks.map((rank) => (rank <= 10 ? 1 / rank : 0))),
  };
}

/** From 1; infinite when no gold page is there. */
function rankOf({ gold }: Question, answer: AnsweredQuestion | undefined): number {
  if (answer === undefined || answer.abstained) return Infinity;
  const index = answer.pages.findIndex((page) => gold.includes(page));
  return index === -1 ? Infinity : index + 1;
}

export interface AbstentionMeasures {
  readonly unanswerable: number;
  readonly abstained: number;
  readonly recall: number;
  readonly precision: number;
}

export function abstentionMeasures(
  questions: readonly Question[],
  answers: ReadonlyMap<string, AnsweredQuestion>,
): AbstentionMeasures {
  const abstained = questions.filter(({ id }) => answers.get(id)?.abstained);
  const unanswerable = questions.filter(({ gold }) => gold.length === 0);
  const right = abstained.filter(({ gold }) => gold.length === 0).length;
  return {
    unanswerable: unanswerable.length,
    abstained: abstained.length,
    recall: rounded(right / Math.max(1, unanswerable.length)),
    precision: rounded(right / Math.max(1, abstained.length)),
  };
}

/**
 * Normalised discounted cumulative gain of the first ten, with the grade itself as gain as trec_eval has it; mean over
 * the questions that have a positive grade.
 */
export function ndcg10(
  answers: readonly AnsweredQuestion[],
  grades: ReadonlyMap<string, ReadonlyMap<string, number>>,
): number {
  const judged = answers.filter(({ id }) => [...(grades.get(id)?.values() ?? [])].some((grade) => grade > 0));
  return mean(
    judged.map(({ id, pages }) => {
      const own = grades.get(id) ?? new Map<string, number>();
      const best = [...own.values()].filter((grade) => grade > 0).sort((left, right) => right - left);
      return gain(pages.map((page) => Math.max(0, own.get(page) ?? 0))) / gain(best);
    }),
  );
}

function gain(ordered: readonly number[]): number {
  return ordered.slice(0, 10).reduce((sum, grade, index) => sum + grade / Math.log2(index + 2), 0);
}

/** Nearest rank. */
export function percentile(values: readonly number[], share: number): number {
  const ordered = values.toSorted((left, right) => left - right);
  return rounded(ordered[Math.max(0, Math.ceil(share * ordered.length) - 1)] ?? 0);
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : rounded(values.reduce((sum, value) => sum + value, 0) / values.length);
}

export function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
