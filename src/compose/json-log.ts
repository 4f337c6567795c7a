import { pino } from 'pino';
import type { Log } from '../base/log.ts';

/** One JSON object per line on the standard output. */
export function createJsonLog(level: 'debug' | 'info' | 'warn' | 'error'): Log {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  });
}
