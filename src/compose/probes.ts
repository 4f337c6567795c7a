import type { ConditionType } from '../api/conditions.ts';
import type { SwarmConfig } from '../api/swarm-config.ts';
import { attempt } from '../base/attempt.ts';
import { messageOf, TerminalError } from '../base/errors.ts';
import type { TektonClient } from '../backends/tekton/tekton-client.ts';
import { TektonRefusedError } from '../backends/tekton/tekton-refused-error.ts';
import { defaultServiceAccountName } from '../api/names.ts';
import type { Finding } from '../reconcilers/swarm-config/observed.ts';
import type { Probe } from '../reconcilers/swarm-config/swarm-config-reconciler.ts';
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

async function finding(type: ConditionType, whenGood: string, work: () => Promise<unknown>): Promise<Finding> {
  const asked = await attempt(work);
  if (asked.ok) return available(type, whenGood);
  const { error } = asked;
  const timeMayHelp = !(error instanceof TerminalError) && !(error instanceof TektonRefusedError);
  return { type, status: 'False', reason: reasonOf(error), message: messageOf(error), timeMayHelp };
}

function available(type: ConditionType, message: string): Finding {
  return { type, status: 'True', reason: 'Available', message, timeMayHelp: true };
}

function reasonOf(error: unknown): string {
  if (error instanceof TektonRefusedError) return error.code;
  const { reason } = error as { reason?: unknown };
  return typeof reason === 'string' && reason !== '' ? reason : 'Unavailable';
}
