import type { SwarmConfig } from '../api/swarm-config.ts';
import { defaultServiceAccountName } from '../api/names.ts';
import type { Probe } from '../reconcilers/swarm-config/swarm-config-reconciler.ts';
import type { SwarmBackends } from './backends.ts';
import { available, finding } from './findings.ts';
import type { ModelSource } from './model-source.ts';
import { conditionalWritesProbe, objectStoreProbe } from './object-store-probes.ts';

export type ProbeParts = Pick<SwarmBackends, 'tekton' | 'kfp' | 'store' | 'knowledge'> & {
  readonly models: ModelSource;
};

/** One cheap request to each backend that the settings name. */
export function createProbes({ models, tekton, kfp, store, knowledge }: ProbeParts): readonly Probe[] {
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
    kfpProbe(kfp),
    objectStoreProbe(store),
    conditionalWritesProbe(store),
    elasticsearchProbe(knowledge),
  ];
}

/** Whether the server is Kubeflow Pipelines, and lets the run-as account see its pipelines. */
function kfpProbe(kfp: ProbeParts['kfp']): Probe {
  return async (config, signal) => {
    const settings = config.spec.backends.kfp;
    if (!settings) return undefined;
    return finding('KfpReady', `${settings.url} answers, and the runner may use it.`, async () => {
      const client = await kfp.fresh(config);
      await client.about({ signal });
      await client.listRuns({ limit: 1 }, { signal });
    });
  };
}

function elasticsearchProbe(knowledge: ProbeParts['knowledge']): Probe {
  return async (config, signal) => {
    const settings = config.spec.backends.elasticsearch;
    if (!settings) return undefined;
    return finding('ElasticsearchReady', `${settings.nodes.join(', ')} answers.`, async () => {
      const client = await knowledge.elasticsearchOf(config);
      await client?.probe(`swarm-${config.metadata.namespace}.*`, signal);
    });
  };
}

function scopeOf({ metadata: { namespace } }: SwarmConfig) {
  return { namespace, serviceAccountName: defaultServiceAccountName };
}
