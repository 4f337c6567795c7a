import type { Agent } from '../agents/agent.ts';
import type { Tool, ToolContext, ToolFailure, ToolResult } from '../agents/tool.ts';

type Act<Result> = (input: unknown, context: ToolContext) => Promise<Result>;

/** The agent's tool of that name, ready to be called with arguments as a model writes them. */
export function toolOf(agent: Agent, name: string): Tool {
  const tool = agent.tools.find((entry) => entry.name === name);
  if (!tool) throw new Error(`agent ${agent.name} has no tool ${name}`);
  return tool;
}

/** Checks arguments and, on success, data against the tool's own schemas, as the engine and its readers would. */
export async function callTool(tool: Tool, input: object, context: ToolContext): Promise<ToolResult> {
  const execute = tool.execute.bind(tool) as Act<ToolResult>;
  const result = await execute(tool.input.parse(input), context);
  if (result.kind === 'ok') tool.output.parse(result.data);
  return result;
}

export function precheckTool(tool: Tool, input: object, context: ToolContext): Promise<ToolFailure | undefined> {
  const precheck = tool.precheck?.bind(tool) as Act<ToolFailure | undefined> | undefined;
  return precheck?.(tool.input.parse(input), context) ?? Promise.resolve(undefined);
}
