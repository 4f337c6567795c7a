import type { KfpTaskLog } from '../../backends/kfp/kfp-facts.ts';
import { cleanLine, lastLines, logLines } from '../log-lines.ts';

export interface TaskLines {
  readonly task: string;
  /** `archived`: the pod is gone and the text comes from the object store. */
  readonly state: 'read' | 'archived' | 'unavailable';
  readonly lines: readonly string[];
  /** Lines before these that are not shown, as far as they were read. */
  readonly cutLines: number;
  readonly note?: string;
}

interface Selection {
  readonly tailLines: number;
  readonly grep?: string | undefined;
}

/** What a model is shown of all logs together, in characters of JSON; the end of each log is what stays. */
const shownCharacters = 6_000;

export function boundedLogs(logs: readonly KfpTaskLog[], selection: Selection): readonly TaskLines[] {
  const selected = logs.map((log) => selectedLines(log, selection));
  const speaking = selected.filter(({ lines }) => lines.length > 0).length;
  return selected.map((log) => {
    const lines = lastLines(log.lines, shownCharacters / Math.max(1, speaking));
    return { ...log, lines, cutLines: log.cutLines + log.lines.length - lines.length };
  });
}

function selectedLines(log: KfpTaskLog, { tailLines, grep }: Selection): TaskLines {
  const { task } = log;
  if (log.kind === 'unavailable') {
    return { task, state: 'unavailable', lines: [], cutLines: 0, note: cleanLine(log.reason) };
  }
  const text = grep?.toLowerCase();
  const lines = logLines(log.text).filter((line) => text === undefined || line.toLowerCase().includes(text));
  const shown = lines.slice(-tailLines);
  return {
    task,
    state: log.source === 'archive' ? 'archived' : 'read',
    lines: shown,
    cutLines: lines.length - shown.length,
    ...(log.isCut && { note: 'There is more of it before these lines.' }),
  };
}
