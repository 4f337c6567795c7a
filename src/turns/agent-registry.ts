import { z } from 'zod';
import type { Agent } from '../agents/agent.ts';
import type { Tool } from '../agents/tool.ts';
import type { ToolSchema } from '../models/language-model.ts';
import type { AgentSettings } from './turn-facts.ts';

/** Frames may be nested this deep: the first agent is at depth 0. */
export const maxDepth = 2;

export interface AgentRegistry {
  readonly names: readonly string[];
  agent(name: string): Agent | undefined;
  /** What the agent may call at this depth under these settings. */
  offer(name: string, options: OfferOptions): Offer;
}

export interface OfferOptions {
  readonly depth: number;
  readonly settings: Readonly<Record<string, AgentSettings>>;
}

export interface Offer {
  readonly schemas: readonly ToolSchema[];
  readonly tools: ReadonlyMap<string, OfferedTool>;
}

export type OfferedTool =
  | { readonly kind: 'tool'; readonly tool: Tool; readonly input: z.ZodObject }
  | { readonly kind: 'delegate'; readonly agent: string; readonly input: z.ZodObject };

/** Input of every `ask_<agent>`. */
export const delegation = z.strictObject({
  task: z
    .string()
    .min(1)
    .max(8_192)
    .describe('What the agent shall do, complete in itself: it does not see this conversation.'),
  answerDirectly: z
    .boolean()
    .default(false)
    .describe('True when its answer is all that the user needs: it becomes the reply as it is.'),
});
const delegationSchema = schemaOf(delegation);

interface Entry {
  readonly agent: Agent;
  readonly tools: readonly { readonly offered: OfferedTool; readonly schema: ToolSchema }[];
}

/** @throws Error when an agent, or a tool of an agent, is declared twice, or a delegate does not exist. */
export function createAgentRegistry(agents: readonly Agent[]): AgentRegistry {
  const entries = new Map<string, Entry>();
  for (const agent of agents) {
    if (entries.has(agent.name)) throw new Error(`agent ${agent.name} is declared twice`);
    requireDistinctTools(agent);
    entries.set(agent.name, { agent, tools: agent.tools.map(offerTool) });
  }
  for (const agent of agents) requireDelegates(agent, entries);

  const offer = (name: string, { depth, settings }: OfferOptions): Offer => {
    const entry = entries.get(name);
    if (!entry || settings[name]?.enabled === false) return { schemas: [], tools: new Map() };
    const allowed = settings[name]?.tools;
    const own = entry.tools.filter(({ schema }) => allowed === undefined || allowed.includes(schema.name));
    const delegates = depth >= maxDepth ? [] : entry.agent.delegates.flatMap((delegate) => askFor(delegate, depth + 1));
    const all = [...own, ...delegates];
    return {
      schemas: all.map(({ schema }) => schema),
      tools: new Map(all.map(({ schema, offered }) => [schema.name, offered])),
    };

    function askFor(delegate: string, atDepth: number) {
      const { schemas } = offer(delegate, { depth: atDepth, settings });
      return schemas.length === 0 ? [] : [offerDelegate(delegate, entries.get(delegate)?.agent.purpose ?? '', schemas)];
    }
  };
  return { names: [...entries.keys()], agent: (name) => entries.get(name)?.agent, offer };
}

function offerTool(tool: Tool): Entry['tools'][number] {
  const input = tool.input.strict();
  return {
    offered: { kind: 'tool', tool, input },
    schema: {
      name: tool.name,
      description: tool.description,
      parameters: schemaOf(input),
      examples: tool.examples,
      writes: tool.effect !== 'pure' && tool.effect !== 'wait',
    },
  };
}

function offerDelegate(agent: string, purpose: string, tools: readonly ToolSchema[]): Entry['tools'][number] {
  return {
    offered: { kind: 'delegate', agent, input: delegation },
    schema: {
      name: `ask_${agent}`,
      description: `Give a task to the ${agent} agent. ${purpose}`,
      parameters: delegationSchema,
      examples: tools.flatMap((tool) => tool.examples),
      delegate: { agent, tools },
      writes: tools.some((tool) => tool.writes),
    },
  };
}

function schemaOf(input: z.ZodObject): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(input, { io: 'input' });
  delete schema.$schema;
  return schema;
}

function requireDistinctTools(agent: Agent): void {
  const names = [...agent.tools.map((tool) => tool.name), ...agent.delegates.map((delegate) => `ask_${delegate}`)];
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`agent ${agent.name} declares the tool ${twice} twice`);
}

function requireDelegates(agent: Agent, entries: ReadonlyMap<string, Entry>): void {
  const unknown = agent.delegates.find((delegate) => !entries.has(delegate));
  if (unknown !== undefined) throw new Error(`agent ${agent.name} delegates to ${unknown}, which does not exist`);
}
