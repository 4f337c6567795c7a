import type { LanguageModel } from '../models/language-model.ts';

/** The model a turn asks, and those it turns to, in this order, while the first does not answer. */
export interface ModelChoice {
  readonly model: LanguageModel;
  readonly fallbacks?: readonly LanguageModel[];
  /** Tokens the transcript may have; default 24,000. */
  readonly contextTokens?: number;
  readonly maxOutputTokens?: number;
}
