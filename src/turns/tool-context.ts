import type { ToolContext } from '../agents/tool.ts';
import type { Call, Step } from './journal.ts';
import type { TurnRun } from './turn-run.ts';

/** The facts of a call that the engine decides, never the model. */
export function toolContext(
  { call, step, citationsFrom }: { call: Call; step: Step; citationsFrom: number },
  run: TurnRun,
  signal: AbortSignal,
): ToolContext {
  const { facts } = run;
  return {
    signal,
    clock: run.clock,
    log: run.log.child({ agent: step.agent, tool: call.tool, callId: call.id }),
    namespace: facts.namespace,
    serviceAccountName: facts.serviceAccountName,
    configName: facts.configName,
    availableAgents: run.registry.names.filter((name) => facts.agents[name]?.enabled !== false),
    owner: facts.owner,
    turn: facts.name,
    effectKey: run.mutations.randomEffectKey?.() ?? call.effectKey,
    argumentsDigest: call.argumentsDigest,
    citationsFrom,
    decidedAt: new Date(step.decidedAt),
    isOwnDecision: run.ownDecisions.has(call.effectKey, step),
  };
}
