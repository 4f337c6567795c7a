import { z } from 'zod';
import { TerminalError } from '../base/errors.ts';

const pattern = /^([0-9]+h)?([0-9]+m)?([0-9]+s)?$/;

/** Schema of a time span in hours, minutes and seconds, for example 1h30m; read it with `durationMs`. */
export const duration = () => z.string().min(2).max(16).regex(pattern);

/**
 * Milliseconds of a span such as `1h30m`, `45s` or `0s`.
 * @throws TerminalError with reason InvalidDuration.
 */
export function durationMs(text: string): number {
  const parts = text === '' ? null : pattern.exec(text);
  if (parts === null) {
    throw new TerminalError(
      'InvalidDuration',
      `"${text}" is no duration: write hours, minutes and seconds in this order, for example 1h30m, 45m or 10s`,
    );
  }
  const [, hours = '0', minutes = '0', seconds = '0'] = parts;
  return (Number.parseInt(hours, 10) * 3600 + Number.parseInt(minutes, 10) * 60 + Number.parseInt(seconds, 10)) * 1000;
}
