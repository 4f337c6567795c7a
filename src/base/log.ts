import { pino, type DestinationStream } from 'pino';

/** Constant message, facts as fields, before the act, in the -ing form. Prompts and model output only at debug. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(fields: object): Log;
}

export interface LogSettings {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  /** Default: standard output. */
  readonly destination?: DestinationStream;
}

/** One JSON object per line, with `level` in words and `time` in RFC 3339. An Error under `err` brings its stack and cause. */
export function createLog({ level, destination }: LogSettings): Log {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return destination ? pino(options, destination) : pino(options);
}
