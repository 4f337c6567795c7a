import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { anAgent, aTool } from '../../testing/turn-world.ts';
import { createAgentRegistry } from '../agent-registry.ts';
import { emptyJournal, type Call } from '../journal.ts';
import type { Policy, TurnFacts } from '../turn-facts.ts';
import { judgeCall } from './chain.ts';
import type { Verdict } from './gate.ts';

const execute = () => ({ kind: 'ok', summary: '', data: {} }) as const;
const tools = [
  aTool('list_runs', 'pure', { execute }),
  aTool('run_pipeline', 'named', { execute }),
  aTool('notify', 'external', { execute }),
  aTool('delete_run', 'named', { execute, destructive: true }),
  aTool('put_object', 'named', { execute, destroys: ({ value }: { value?: string }) => value === 'over' }),
  aTool('read_object', 'pure', { execute, input: z.strictObject({ bucket: z.string() }) }),
];
const registry = createAgentRegistry([anAgent('kfp', tools), anAgent('docs', [aTool('search', 'pure', { execute })])]);

const allowed: Policy = { ask: 'Never', rules: [], teamAsk: 'Never', teamRules: [], pipelines: ['*'], buckets: ['*'] };
const rule = (decision: 'Allow' | 'Ask' | 'Deny', tool = '*', agent = '*') => ({ agent, tool, decision });

interface Given {
  readonly tool?: string;
  readonly arguments?: object;
  readonly policy?: Partial<Policy>;
  readonly agent?: string;
  readonly maxParallelCalls?: number;
}

function judge({ tool = 'run_pipeline', agent = 'kfp', policy, maxParallelCalls = 8, ...given }: Given): Verdict {
  const call: Call = {
    id: '0.0',
    tool,
    arguments: JSON.stringify(given.arguments ?? {}),
    argumentsDigest: 'sha256:',
    effect: tools.find(({ name }) => name === tool)?.effect ?? 'pure',
    effectKey: 'k',
  };
  const step = {
    index: 0,
    frame: '',
    agent,
    model: 'm',
    decidedAt: '',
    finish: 'tool-calls',
    text: '',
    usage: { inputTokens: 0, outputTokens: 0 },
    calls: [call],
  };
  const facts = {
    namespace: 'team-a',
    policy: { ...allowed, ...policy },
    limits: { maxSteps: 16, maxTokens: 1_000, maxParallelCalls },
  } as unknown as TurnFacts;
  return judgeCall({
    call,
    step,
    facts,
    journal: emptyJournal,
    offer: registry.offer(agent, { depth: 0, settings: {} }),
  });
}

const cases: Record<string, { given: Given; want: string }> = {
  'a call that nothing forbids passes': { given: {}, want: 'pass' },
  'arguments that do not fit the schema are refused': {
    given: { arguments: { podTemplate: {} } },
    want: 'SchemaViolation',
  },
  'a tool of another agent is refused': { given: { tool: 'run_pipeline', agent: 'docs' }, want: 'ToolNotOffered' },
  'a Deny of the object refuses': { given: { policy: { rules: [rule('Deny')] } }, want: 'DeniedByPolicy' },
  'a Deny of the namespace wins over an Allow': {
    given: { policy: { rules: [rule('Allow')], teamRules: [rule('Deny', 'run_pipeline')] } },
    want: 'DeniedByPolicy',
  },
  'a rule about another tool says nothing': { given: { policy: { rules: [rule('Deny', 'notify')] } }, want: 'pass' },
  'a rule about another agent says nothing': {
    given: { policy: { rules: [rule('Deny', '*', 'tekton')] } },
    want: 'pass',
  },
  'a pipeline that is allowed passes': {
    given: { arguments: { pipeline: 'churn-train' }, policy: { pipelines: ['churn-*'] } },
    want: 'pass',
  },
  'a pipeline that is not allowed is refused': {
    given: { arguments: { pipeline: 'payroll' }, policy: { pipelines: ['churn-*', '*-report'] } },
    want: 'NotAllowed',
  },
  'an empty list allows no pipeline': {
    given: { arguments: { pipeline: 'churn-train' }, policy: { pipelines: [] } },
    want: 'NotAllowed',
  },
  'more calls than the limit are refused': { given: { maxParallelCalls: 0 }, want: 'TooManyCalls' },
  'Writes asks about a change': { given: { policy: { ask: 'Writes' } }, want: 'ask Writes' },
  'Writes does not ask about reading': { given: { tool: 'list_runs', policy: { ask: 'Writes' } }, want: 'pass' },
  'Always asks about reading': { given: { tool: 'list_runs', policy: { ask: 'Always' } }, want: 'ask Always' },
  'OnRisk does not ask about what can be repeated': { given: { policy: { ask: 'OnRisk' } }, want: 'pass' },
  'OnRisk asks about what cannot be repeated': {
    given: { tool: 'notify', policy: { ask: 'OnRisk' } },
    want: 'ask OnRisk',
  },
  'a deletion asks though everything is allowed': {
    given: { tool: 'delete_run', policy: { rules: [rule('Allow')], teamRules: [rule('Allow')] } },
    want: 'ask Destructive',
  },
  'a call that would replace something asks like a deletion': {
    given: { tool: 'put_object', arguments: { value: 'over' }, policy: { teamRules: [rule('Allow')] } },
    want: 'ask Destructive',
  },
  'the same tool passes where it replaces nothing': {
    given: { tool: 'put_object', arguments: { value: 'new' }, policy: { teamRules: [rule('Allow')] } },
    want: 'pass',
  },
  'a bucket of which a part is allowed passes: its keys are judged at the store': {
    given: { tool: 'read_object', arguments: { bucket: 'models' }, policy: { buckets: ['models/team-a/*'] } },
    want: 'pass',
  },
  'a bucket of which no part is allowed is refused': {
    given: { tool: 'read_object', arguments: { bucket: 'payroll' }, policy: { buckets: ['models/team-a/*'] } },
    want: 'NotAllowed',
  },
  'an Allow lifts the level of the object': {
    given: { policy: { ask: 'Writes', rules: [rule('Allow')] } },
    want: 'pass',
  },
  'an Ask wins over an Allow': {
    given: { policy: { rules: [rule('Ask')], teamRules: [rule('Allow')] } },
    want: 'ask PolicyRule',
  },
  'an Allow of the object does not lift the level of the namespace': {
    given: { policy: { teamAsk: 'Writes', rules: [rule('Allow')] } },
    want: 'ask Writes',
  },
  'an Allow of the namespace does': {
    given: { policy: { teamAsk: 'Writes', ask: 'Writes', teamRules: [rule('Allow', 'run_pipeline')] } },
    want: 'pass',
  },
};

describe('the gates', () => {
  test.each(Object.entries(cases))('%s', (_name, { given, want }) => {
    const verdict = judge(given);
    const text = {
      pass: () => 'pass',
      refuse: () => 'reason' in verdict && verdict.reason,
      ask: () => 'reason' in verdict && `ask ${verdict.reason}`,
    };
    expect(text[verdict.kind]()).toBe(want);
  });
});
