export interface ChartAxis {
  readonly title: string;
  /** Time in milliseconds since 1970. */
  readonly isTime?: boolean;
  /** Names of the places 0, 1, 2, … of an axis that has no numbers. */
  readonly names?: readonly string[];
}

export interface ChartSeries {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** Of bars with the same label. */
  readonly group?: string;
}

/** Five numbers of one group. */
export interface Box {
  readonly label: string;
  readonly lowest: number;
  readonly firstQuartile: number;
  readonly median: number;
  readonly thirdQuartile: number;
  readonly highest: number;
}

interface Plot {
  readonly kind: 'lines' | 'points';
  readonly x: ChartAxis;
  readonly y: ChartAxis;
  readonly series: readonly ChartSeries[];
}
interface Bars {
  readonly kind: 'bars';
  readonly labelTitle: string;
  readonly valueTitle: string;
  readonly bars: readonly Bar[];
  /** Lengths by the logarithm: all values are above zero. */
  readonly isLogarithmic?: boolean;
  /** Shares of a whole. */
  readonly isShare?: boolean;
}
interface Cells {
  readonly kind: 'cells';
  readonly columnTitle: string;
  readonly rowTitle: string;
  readonly columns: readonly string[];
  readonly rows: readonly string[];
  readonly cells: readonly { readonly column: string; readonly row: string; readonly value: number }[];
}
interface Boxes {
  readonly kind: 'boxes';
  readonly labelTitle: string;
  readonly valueTitle: string;
  readonly boxes: readonly Box[];
}
export type ChartOf<Kind extends Chart['kind']> = Extract<Chart, { kind: Kind }>;

/** What a terminal can draw. */
export type Chart = { readonly title: string } & (Plot | Bars | Cells | Boxes);
