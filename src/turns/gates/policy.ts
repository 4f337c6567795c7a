import { fitsPattern } from '../../base/name-pattern.ts';
import type { Rule } from '../turn-facts.ts';
import { type Gate, type GateInput, pass, type Verdict } from './gate.ts';

export function rulesFor(input: Pick<GateInput, 'call' | 'step'>, rules: readonly Rule[]): readonly Rule[] {
  const matches = (pattern: string, name: string) => pattern === '*' || pattern === name;
  return rules.filter((rule) => matches(rule.agent, input.step.agent) && matches(rule.tool, input.call.tool));
}

/** Deny rules, the turn's own namespace, and the pipelines and buckets that the namespace allows. */
export const policyGate: Gate = (input) => deniedByRule(input) ?? outsideBounds(input) ?? pass;

function deniedByRule(input: GateInput): Verdict | undefined {
  const { rules, teamRules } = input.facts.policy;
  const denied = rulesFor(input, [...rules, ...teamRules]).some((rule) => rule.decision === 'Deny');
  if (!denied) return undefined;
  const message = `A policy denies ${input.call.tool} to the agent ${input.step.agent}.`;
  return { kind: 'refuse', reason: 'DeniedByPolicy', message };
}

function outsideBounds({ call, facts }: GateInput): Verdict | undefined {
  const values = JSON.parse(call.arguments) as Readonly<Record<string, unknown>>;
  const bounds = [
    { argument: 'namespace', allowed: [facts.namespace], what: 'other namespaces than that of the conversation' },
    { argument: 'pipeline', allowed: facts.policy.pipelines, what: 'this pipeline in this namespace' },
    { argument: 'bucket', allowed: facts.policy.buckets.map(bucketOf), what: 'this bucket in this namespace' },
  ];
  const broken = bounds.find(({ argument, allowed }) => {
    const value = values[argument];
    return typeof value === 'string' && !allowed.some((pattern) => fitsPattern(value, pattern));
  });
  if (!broken) return undefined;
  const message = `${broken.argument} ${JSON.stringify(values[broken.argument])}: the policy does not allow ${broken.what}.`;
  return { kind: 'refuse', reason: 'NotAllowed', message };
}

/** What lies behind the bucket's name is a matter of keys: the object store's own door looks at those. */
function bucketOf(pattern: string): string {
  return pattern.split('/', 1)[0] ?? pattern;
}
