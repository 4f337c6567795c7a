/** Where text ends up. `columns` and `rows` are read anew each time: windows change their size. */
export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  readonly isTTY: boolean;
  write(text: string): void;
}
