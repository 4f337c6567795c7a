import type { Tool } from '../../agents/tool.ts';
import type { Call } from '../journal.ts';
import type { AskLevel, Rule } from '../turn-facts.ts';
import { type Gate, pass, type Verdict } from './gate.ts';
import { rulesFor } from './policy.ts';

/**
 * Whether a person decides first. What deletes or replaces is always asked about. Else a rule that asks wins, then a rule of the
 * namespace that allows, then the namespace's level, then the object's own rules and level.
 */
export const approvalGate: Gate = (input) => {
  const offered = input.offer.tools.get(input.call.tool);
  if (offered?.kind !== 'tool') return pass;
  if (destroys(offered.tool, input.call)) return ask('Destructive');

  const { ask: level, rules, teamAsk, teamRules } = input.facts.policy;
  const isRuled = (among: readonly Rule[], decision: Rule['decision']) =>
    rulesFor(input, among).some((rule) => rule.decision === decision);
  if (isRuled([...rules, ...teamRules], 'Ask')) return ask('PolicyRule');
  if (isRuled(teamRules, 'Allow')) return pass;
  if (isAskedAt[teamAsk](input.call.effect)) return ask(teamAsk);
  if (isRuled(rules, 'Allow')) return pass;
  return isAskedAt[level](input.call.effect) ? ask(level) : pass;
};

function destroys(tool: Tool, call: Call): boolean {
  return tool.destructive === true || tool.destroys?.(JSON.parse(call.arguments) as never) === true;
}

const ask = (reason: string): Verdict => ({ kind: 'ask', reason });

/** OnRisk asks about what cannot be repeated safely; deletions are asked about at every level. */
const isAskedAt: Record<AskLevel, (effect: Call['effect']) => boolean> = {
  Never: () => false,
  OnRisk: (effect) => effect === 'external',
  Writes: (effect) => effect === 'named' || effect === 'keyed' || effect === 'external',
  Always: () => true,
};
