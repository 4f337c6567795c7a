/** Escape sequences of terminals, then all other control characters but the tab. */
const controls =
  /\u001b\[[0-9;?]*[ -/]*[@-~]|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const longestLine = 500;

/** Lines of a log as text that can be shown anywhere: no terminal commands, no endless lines, no empty end. */
export function logLines(text: string): readonly string[] {
  const lines = text.split(/\r?\n/).map(cleanLine);
  return lines.slice(0, lines.findLastIndex((line) => line !== '') + 1);
}

export function cleanLine(line: string): string {
  const clean = line.replaceAll(controls, '').trimEnd();
  return clean.length <= longestLine ? clean : `${clean.slice(0, longestLine)}…`;
}

/** The last lines whose JSON fits into so many characters. */
export function lastLines(lines: readonly string[], maxCharacters: number): readonly string[] {
  let left = maxCharacters;
  const first = lines.findLastIndex((line) => (left -= JSON.stringify(line).length + 1) < 0);
  return lines.slice(first + 1);
}

const exception = /^(?:\w+\.)*\w*(?:Error|Exception|Panic|Fault|Interrupt)\b(?::|\b)/;
const complaint =
  /\b(?:error|exception|fatal|panic|failed|failure|cannot|denied|not found|no such|killed|traceback)\b/i;
const isFrame = /^\s+(?:at|File|in)\b|^\s*\^/;

/** The line that most likely says what was wrong: a named exception, else the last complaint, else the last line. */
export function errorLineOf(lines: readonly string[]): string | undefined {
  const speaking = lines.filter((line) => line.trim() !== '' && !isFrame.test(line));
  return (
    speaking.findLast((line) => exception.test(line)) ??
    speaking.findLast((line) => complaint.test(line)) ??
    speaking.at(-1)
  );
}
