import { type Terminal } from '../display/terminal.ts';
import { type Output } from '../session/shell.ts';

/** What display draws on, over one of the program's own streams. */
export function outputTerminal(output: Output): Terminal {
  return {
    get columns() {
      return output.columns ?? 80;
    },
    get rows() {
      return output.rows ?? 24;
    },
    isTTY: output.isTTY === true,
    write: (text) => void output.write(text),
  };
}
