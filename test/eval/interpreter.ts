import { z } from 'zod';
import type { Agent } from '../../src/agents/agent.ts';
import type { ToolDeclaration } from '../../src/agents/tool.ts';
import { declaredAgents } from '../../src/compose/agents.ts';
import type {
  InventoryEntry,
  LanguageModel,
  ModelCall,
  ModelMessage,
  ToolSchema,
} from '../../src/models/language-model.ts';
import type { Call, Item } from './utterance-set.ts';

const [supervisorAgent, ...served] = declaredAgents() as [Agent, ...Agent[]];
const delegation = {
  type: 'object',
  properties: { task: { type: 'string' }, answerDirectly: { type: 'boolean' } },
  required: ['task'],
};
const stepLimit = 16;

export interface Interpreter {
  /** The calls that a request leads to, in order, without look-ups of the supervisor itself. */
  interpret(item: Pick<Item, 'utterance' | 'previous'>): Promise<readonly Call[]>;
}

/**
 * Drives supervisor and agents through the model port as the turn engine does, for all declared tools, also those that
 * cannot be executed yet: calls are noted and answered with a plain success.
 */
export function createInterpreter(model: LanguageModel, inventory: readonly InventoryEntry[], now: Date): Interpreter {
  const supervisorTools = [...supervisorAgent.tools.map(toolSchema), ...served.map(delegateSchema)];

  const frame = async (agent: Agent, messages: ModelMessage[], noted: Call[]): Promise<string> => {
    const isSupervisor = agent === supervisorAgent;
    const tools = isSupervisor ? supervisorTools : agent.tools.map(toolSchema);
    const known = isSupervisor ? inventory : inventory.filter((entry) => entry.agent === agent.name);
    for (let step = 0; step < stepLimit; step += 1) {
      const { signal } = new AbortController();
      const answer = await model.respond({
        system: agent.instructions,
        messages: [...messages],
        tools,
        inventory: known,
        now,
        signal,
      });
      if (answer.calls.length === 0) return answer.text;
      messages.push({ role: 'assistant', text: answer.text, calls: answer.calls });
      for (const call of answer.calls) {
        const content = await act(agent, call, noted);
        messages.push({ role: 'tool', callId: call.id, tool: call.tool, content: JSON.stringify(content) });
      }
      const [last] = answer.calls;
      if (agent.tools.some(({ name, replies }) => replies === true && name === last?.tool)) return '';
    }
    return '';
  };

  const act = async (agent: Agent, call: ModelCall, noted: Call[]): Promise<{ summary: string; data: unknown }> => {
    const args = JSON.parse(call.arguments) as Record<string, unknown>;
    const delegate = served.find(({ name }) => call.tool === `ask_${name}`);
    if (delegate)
      return { summary: await frame(delegate, [{ role: 'user', text: String(args['task']) }], noted), data: {} };
    const tool = agent.tools.find(({ name }) => name === call.tool);
    const problem = tool === undefined ? `no tool ${call.tool}` : checked(tool, args);
    if (problem !== undefined) throw new Error(`${agent.name} made an invalid call of ${call.tool}: ${problem}`);
    if (!call.tool.startsWith('wait_')) noted.push({ agent: agent.name, tool: call.tool, args });
    const starts = /^(?:run_pipeline|rerun|retry_run)$/.test(call.tool);
    return starts
      ? { summary: 'Started run new-run-1.', data: { run: { name: 'new-run-1' } } }
      : { summary: 'Done.', data: {} };
  };

  return {
    interpret: async ({ utterance, previous = [] }) => {
      const history = previous.map(({ role, text }): ModelMessage =>
        role === 'user' ? { role, text } : { role, text, calls: [] },
      );
      const noted: Call[] = [];
      await frame(supervisorAgent, [...history, { role: 'user', text: utterance }], noted);
      return noted;
    },
  };
}

function checked(tool: ToolDeclaration, args: unknown): string | undefined {
  const result = tool.input.safeParse(args);
  return result.success ? undefined : z.prettifyError(result.error);
}

function toolSchema({ name, description, input, examples, effect }: ToolDeclaration): ToolSchema {
  const parameters = z.toJSONSchema(input, { io: 'input' }) as Record<string, unknown>;
  return { name, description, parameters, examples, writes: effect !== 'pure' && effect !== 'wait' };
}

function delegateSchema(agent: Agent): ToolSchema {
  const tools = agent.tools.map(toolSchema);
  return {
    name: `ask_${agent.name}`,
    description: `Give a task to the ${agent.name} agent. ${agent.purpose}`,
    parameters: delegation,
    examples: tools.flatMap((tool) => tool.examples),
    delegate: { agent: agent.name, tools },
    writes: tools.some((tool) => tool.writes),
  };
}
