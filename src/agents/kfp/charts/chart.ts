/** A complete Vega-Lite specification, its data inline, with what it shows in a sentence. */
export interface Chart {
  readonly specification: Readonly<Record<string, unknown>>;
  /** Rows of inline data. */
  readonly points: number;
  readonly sentence: string;
}

/** Rows of inline data a chart may carry. */
export const mostPoints = 2_000;

interface ChartParts {
  readonly title: string;
  readonly values: readonly object[];
  readonly sentence: string;
  /** Marks and encoding, or layers. */
  readonly body: Readonly<Record<string, unknown>>;
}

export function chartOf({ title, values, sentence, body }: ChartParts): Chart {
  return {
    specification: {
      $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
      title,
      width: 480,
      height: 320,
      data: { values },
      ...body,
    },
    points: values.length,
    sentence,
  };
}

/** Evenly thinned out to at most so many, the first and the last kept. */
export function thinned<T>(values: readonly T[], most: number): readonly T[] {
  if (values.length <= most) return values;
  const step = (values.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, index) => values[Math.round(index * step)]).filter(
    (value) => value !== undefined,
  );
}
