import type { TurnMeter } from '../../turns/turn-run.ts';
import type { TurnReconcilerDependencies } from './dependencies.ts';

export function turnMeter(metrics: TurnReconcilerDependencies['metrics']): TurnMeter {
  return {
    modelAsked: (model, outcome, usage) => {
      metrics.modelRequestsTotal.inc({ model, outcome });
      if (!usage) return;
      metrics.modelTokensTotal.inc({ direction: 'in' }, usage.inputTokens);
      metrics.modelTokensTotal.inc({ direction: 'out' }, usage.outputTokens);
    },
    callEnded: (agent, tool, outcome) => {
      metrics.toolCallsTotal.inc({ agent, tool, outcome });
    },
  };
}
