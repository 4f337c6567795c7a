declare module 'asciichart' {
  export interface PlotSettings {
    readonly min?: number;
    readonly max?: number;
    /** Rows, less one. */
    readonly height?: number;
    /** Columns before the line: label and axis. */
    readonly offset?: number;
    readonly format?: (value: number) => string;
    /** Axis crossed, axis, …, horizontal, up-right, down-right, right-down, right-up, vertical. */
    readonly symbols?: readonly string[];
  }
  export function plot(series: readonly number[], settings?: PlotSettings): string;
}
