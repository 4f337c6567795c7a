import type { ModelSettings, SwarmConfig } from '../api/swarm-config.ts';
import { defaultConfigName } from '../api/names.ts';
import { durationMs } from '../api/duration.ts';
import type { Clock } from '../base/clock.ts';
import { attempt } from '../base/attempt.ts';
import { TerminalError } from '../base/errors.ts';
import type { KubeClient } from '../kube/kube-client.ts';
import type { LanguageModel } from '../models/language-model.ts';
import { createOpenAiModel, listOpenAiModels, type OpenAiModelSettings } from '../models/openai/openai-model.ts';
import type { Cache } from '../operator/cache.ts';
import { objectKey } from '../operator/object-key.ts';
import type { ModelNotReady } from '../reconcilers/turn/dependencies.ts';
import type { ModelChoice } from '../turns/model-choice.ts';
import type { AddressGuard } from './address-guard.ts';
import { configNotFound } from './config-not-found.ts';
import { createGuardedFetch } from './guarded-fetch.ts';
import { keptPerConfig } from './kept-per-config.ts';
import { readSecret } from './secret-reader.ts';

export interface ModelSourceDependencies {
  readonly kube: KubeClient;
  readonly configs: Cache<SwarmConfig>;
  readonly clock: Clock;
  readonly builtin: LanguageModel;
  /** The operator's own, for namespaces without one. */
  readonly ownModel: LanguageModel;
  readonly guard: AddressGuard;
}

export interface ModelSource {
  modelFor(namespace: string, configName: string | undefined): Promise<ModelChoice | ModelNotReady>;
  /** Asks the endpoint which models it serves. @throws what makes the settings unusable. */
  probe(namespace: string, settings: ModelSettings, signal: AbortSignal): Promise<void>;
}

/** Makes the models that the settings name, and keeps them while the settings and their Secrets stay the same. */
export function createModelSource(dependencies: ModelSourceDependencies): ModelSource {
  const { configs, ownModel } = dependencies;
  const choices = keptPerConfig(dependencies, (config) => createChoice(dependencies, config));

  return {
    async modelFor(namespace, configName) {
      if (configs.get(objectKey(namespace, configName ?? defaultConfigName)) === undefined) {
        if (configName === undefined) return { model: ownModel };
        return readyOrNot(() => Promise.reject(configNotFound(namespace, configName)));
      }
      return readyOrNot(async () => (await choices.of(namespace, configName)) ?? { model: ownModel });
    },
    async probe(namespace, settings, signal) {
      if (settings.provider === 'builtin') return;
      const openAi = await openAiSettings(dependencies, namespace, settings);
      await revealingRefusals(() => listOpenAiModels({ ...openAi, totalTimeoutMs: 10_000 }, signal));
    },
  };
}

async function readyOrNot(work: () => Promise<ModelChoice>): Promise<ModelChoice | ModelNotReady> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof TerminalError) return { notReady: error.reason, message: error.message };
    throw error;
  }
}

/** The first model must be usable; a fallback that is not is left out. */
async function createChoice(
  dependencies: ModelSourceDependencies,
  { metadata, spec }: SwarmConfig,
): Promise<ModelChoice> {
  if (!spec.model) return { model: dependencies.ownModel };
  const create = (settings: ModelSettings) => createModel(dependencies, metadata.namespace, settings);
  const model = await create(spec.model);
  const fallbacks = await Promise.all(spec.fallbackModels.map((settings) => attempt(() => create(settings))));
  const { contextTokens, maxOutputTokens } = spec.model;
  return {
    model,
    fallbacks: fallbacks.flatMap((made) => (made.ok ? [made.value] : [])),
    contextTokens,
    maxOutputTokens,
  };
}

async function createModel(
  dependencies: ModelSourceDependencies,
  namespace: string,
  settings: ModelSettings,
): Promise<LanguageModel> {
  if (settings.provider === 'builtin') return dependencies.builtin;
  const model = createOpenAiModel(await openAiSettings(dependencies, namespace, settings));
  return { name: model.name, respond: (request) => revealingRefusals(() => model.respond(request)) };
}

async function openAiSettings(
  { kube, guard, clock }: ModelSourceDependencies,
  namespace: string,
  settings: ModelSettings,
): Promise<OpenAiModelSettings> {
  const { baseURL, name = '', apiKeySecretRef, caSecretRef, temperature, timeout } = settings;
  const host = new URL(baseURL).hostname;
  const apiKey = apiKeySecretRef && (await readSecret(kube, { namespace, ...apiKeySecretRef, host }));
  const ca = caSecretRef && (await readSecret(kube, { namespace, ...caSecretRef }));
  return {
    baseURL,
    model: name,
    clock,
    totalTimeoutMs: durationMs(timeout),
    fetch: createGuardedFetch({ ...guard, ...(ca && { ca }) }),
    ...(apiKey !== undefined && { apiKey }),
    ...(temperature !== undefined && { temperature: Number(temperature) }),
  };
}

/** An address that is not allowed reaches us wrapped as a lost connection, which time seems to help. */
async function revealingRefusals<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw refusalIn(error) ?? error;
  }
}

function refusalIn(error: unknown): TerminalError | undefined {
  if (error instanceof TerminalError) return error;
  return error instanceof Error ? refusalIn(error.cause) : undefined;
}
