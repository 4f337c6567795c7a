import type { Agent } from '../../src/agents/agent.ts';
import type { Tool, ToolSuccess } from '../../src/agents/tool.ts';
import { declaredAgents } from '../../src/compose/agents.ts';
import type { InventoryEntry, LanguageModel } from '../../src/models/language-model.ts';
import { FakeClock } from '../../src/testing/fake-clock.ts';
import { silentLog } from '../../src/testing/tool-context.ts';
import { createAgentRegistry } from '../../src/turns/agent-registry.ts';
import { emptyJournal, type Journal } from '../../src/turns/journal.ts';
import { createTurnEngine, type Next } from '../../src/turns/turn-engine.ts';
import type { Exchange, TurnFacts } from '../../src/turns/turn-facts.ts';
import type { Call, Item } from './utterance-set.ts';
import { resultOf } from './world-results.ts';

export interface Interpreter {
  /** The calls that a request leads to, in order, without the waits of the supervisor itself. */
  interpret(item: Pick<Item, 'utterance' | 'previous'>): Promise<readonly Call[]>;
}

/**
 * Runs requests through the turn engine with all agents. Their tools answer from the inventory, so that a request of
 * several steps can go on with what the earlier ones found; what counts is what was decided.
 */
export function createInterpreter(model: LanguageModel, inventory: readonly InventoryEntry[], now: Date): Interpreter {
  const agents = declaredAgents().map((agent): Agent => {
    const known = inventory.filter((entry) => entry.agent === agent.name);
    const tools = agent.tools.map((tool) => answering(tool, agent.name, inventory));
    return { ...agent, tools, inventory: () => Promise.resolve(known) };
  });
  const meter = { modelAsked: () => undefined, callEnded: () => undefined };
  const clock = new FakeClock(now.toISOString());
  const engine = createTurnEngine({ registry: createAgentRegistry(agents), clock, meter });

  return {
    interpret: async ({ utterance, previous = [] }) => {
      const { signal } = new AbortController();
      const facts = factsOf(utterance, previous, now);
      const request = { facts, model: () => Promise.resolve({ model }), signal, interrupt: signal, log: silentLog };
      let journal: Journal = emptyJournal;
      let next: Next = { kind: 'again' };
      while (next.kind === 'again') {
        const claim = engine.claim({ ...request, journal });
        ({ journal, next } = await engine.advance({ ...request, ...claim }));
      }
      if (next.kind !== 'answered') throw new Error(`the turn ended as ${JSON.stringify(next)}`);
      return callsIn(journal);
    },
  };
}

/** The tool, answering from the inventory, and without asking anybody first. */
function answering(tool: Tool, agent: string, inventory: readonly InventoryEntry[]): Tool {
  const execute = (args: Call['args']): Promise<ToolSuccess> =>
    Promise.resolve({ kind: 'ok', ...resultOf({ agent, tool: tool.name, args }, inventory) });
  const precheck = () => Promise.resolve(undefined);
  return { ...tool, destructive: false, precheck, execute };
}

/** Delegations and waits are the engine's own business. */
function callsIn({ steps }: Journal): readonly Call[] {
  return steps.flatMap(({ agent, calls = [] }) =>
    calls.flatMap(({ tool, effect, arguments: text }) =>
      effect === 'delegate' || effect === 'wait' ? [] : [{ agent, tool, args: JSON.parse(text) as Call['args'] }],
    ),
  );
}

function factsOf(text: string, previous: NonNullable<Item['previous']>, askedAt: Date): TurnFacts {
  return {
    ...{ namespace: 'team', name: 'turn', effectSeed: 'seed', serviceAccountName: 'runner', agent: 'supervisor' },
    ...{ text, parameters: {}, history: exchangesOf(previous), askedAt, agents: {}, approvals: [] },
    owner: { apiVersion: 'v1', kind: 'Conversation', name: 'talk', uid: 'uid' },
    deadline: new Date(askedAt.getTime() + 3_600_000),
    limits: { maxSteps: 32, maxTokens: 1_000_000, maxParallelCalls: 8 },
    policy: { ask: 'Never', rules: [], teamAsk: 'Never', teamRules: [], pipelines: ['*'], buckets: ['*'] },
    journalBytes: 1_000_000,
  };
}

function exchangesOf(previous: NonNullable<Item['previous']>): readonly Exchange[] {
  return previous.flatMap(({ role, text }, index) =>
    role === 'user' ? [{ text, reply: previous[index + 1]?.text ?? '' }] : [],
  );
}
