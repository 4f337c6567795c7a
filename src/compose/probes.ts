import type { SwarmConfig } from '../api/swarm-config.ts';
import type { TektonClient } from '../backends/tekton/tekton-client.ts';
import { defaultServiceAccountName } from '../api/names.ts';
import type { Probe } from '../reconcilers/swarm-config/swarm-config-reconciler.ts';
import { available, finding } from './findings.ts';
import type { ModelSource } from './model-source.ts';

/** One cheap request to each backend that the settings name. */
export function createProbes(models: ModelSource, tekton: TektonClient): readonly Probe[] {
  return [
    async (config, signal) => {
      const { model } = config.spec;
      if (!model) return available('ModelReady', 'The operator’s own model is used.');
      const what = model.provider === 'builtin' ? 'The builtin planner is used.' : `${model.baseURL} answers.`;
      return finding('ModelReady', what, () => models.probe(config.metadata.namespace, model, signal));
    },
    async (config, signal) => {
      if (!config.spec.backends.tekton.enabled) return undefined;
      const scope = { ...scopeOf(config), signal };
      return finding('TektonReady', 'The Tekton API is served, and the runner may use it.', () =>
        tekton.listPipelines(scope),
      );
    },
  ];
}

function scopeOf({ metadata: { namespace } }: SwarmConfig) {
  return { namespace, serviceAccountName: defaultServiceAccountName };
}
