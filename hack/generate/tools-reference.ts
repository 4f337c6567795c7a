import type { Agent } from '../../src/agents/agent.ts';
import type { ToolDeclaration } from '../../src/agents/tool.ts';
import { declaredAgents } from '../../src/compose/agents.ts';
import { z } from 'zod';
import { table } from './resource-reference.ts';

export function toolsReference(): string {
  return [
    '# Agents and their tools',
    'What a repeat after a crash may do decides how a tool is called: `pure` reads and may be repeated; `named` creates or changes an object whose name follows from the decision, so that a repeat finds it; `keyed` asks the receiver by a key before it repeats; `external` is never repeated; `wait` is taken up again when something changes.',
    ...declaredAgents().flatMap(agentSection),
  ].join('\n\n');
}

function agentSection(agent: Agent): string[] {
  return [`## ${agent.name}`, agent.purpose, ...agent.tools.flatMap(toolSection)];
}

function toolSection(tool: ToolDeclaration): string[] {
  const destructive = tool.destructive === true ? ', always asks' : '';
  const access = tool.access.map(
    ({ verb, group, resource }) => `${verb} ${[resource, group].filter(Boolean).join('.')}`,
  );
  const needs = access.length === 0 ? '' : ` Needs: ${access.join(', ')}.`;
  return [
    `### ${tool.name}`,
    `${tool.description} Effect: \`${tool.effect}\`${destructive}.${needs}`,
    ...argumentTable(tool),
    `For example: ${tool.examples.map((example) => `“${example}”`).join(' · ')}`,
  ];
}

interface Argument {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
}

function argumentTable(tool: ToolDeclaration): string[] {
  const schema = z.toJSONSchema(tool.input, { io: 'input', unrepresentable: 'any' });
  const rows = Object.entries((schema.properties ?? {}) as Record<string, Argument>).map(([name, argument]) => {
    const required = schema.required?.includes(name) === true ? ' **Required.**' : '';
    const fallback = argument.default === undefined ? '' : ` Default: \`${JSON.stringify(argument.default)}\`.`;
    const type = argument.enum?.map((value) => `\`${String(value)}\``).join(', ') ?? argument.type ?? 'any';
    return [`\`${name}\``, type, `${argument.description ?? ''}${required}${fallback}`];
  });
  return rows.length === 0 ? [] : [table(['argument', 'type', 'meaning'], rows)];
}
