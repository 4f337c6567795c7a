import type { Clock } from '../base/clock.ts';
import type { Config } from '../config.ts';
import type { LanguageModel } from '../models/language-model.ts';
import { createOpenAiModel } from '../models/openai/openai-model.ts';

/** For namespaces without a SwarmConfig. Whoever starts the operator chose its address, so it is not guarded. */
export function createOwnModel(config: Config, builtin: LanguageModel, clock: Clock): LanguageModel {
  const { modelBaseUrl: baseURL, modelName: model, modelApiKey: apiKey } = config;
  if (baseURL === undefined || model === undefined) return builtin;
  return createOpenAiModel({ baseURL, model, clock, ...(apiKey !== undefined && { apiKey }) });
}
