import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { ModelRequest } from '../models/language-model.ts';

/** Who answers: one request to one model for one frame. */
export interface AnswerSource {
  readonly agent: string;
  /** Call that opened the agent's frame; empty for the first agent. */
  readonly frame: string;
}

/** Told what models say while they say it, for display only: it may be cut off, repeated otherwise or never recorded. */
export interface AnswerListener {
  /** An answer begins, in the place of one of the same frame that broke off. @returns what takes its pieces. */
  begin(source: AnswerSource): (text: string) => void;
}

export interface Listening {
  readonly onDelta?: NonNullable<ModelRequest['onDelta']>;
  /** What the model says from now on is nobody's answer. */
  readonly end: () => void;
}

/** Lets the listener hear one answer; it cannot hurt the turn, whatever it does. */
export function listenTo(listener: AnswerListener | undefined, source: AnswerSource, log: Log): Listening {
  if (!listener) return { end: () => undefined };
  let isOver = false;
  let tell: ((text: string) => void) | undefined;
  return {
    onDelta: (text) => {
      if (isOver) return;
      try {
        tell ??= listener.begin(source);
        tell(text);
      } catch (error) {
        isOver = true;
        log.warn({ error: messageOf(error) }, 'Showing an answer in the making failed');
      }
    },
    end: () => {
      isOver = true;
    },
  };
}
