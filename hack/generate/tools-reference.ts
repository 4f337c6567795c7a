import type { Agent } from '../../src/agents/agent.ts';
import { docsAgent } from '../../src/agents/docs/docs-agent.ts';
import { kfpAgent } from '../../src/agents/kfp/kfp-agent.ts';
import { minioAgent } from '../../src/agents/minio/minio-agent.ts';
import { supervisorAgent } from '../../src/agents/supervisor/supervisor-agent.ts';
import { createTektonAgent } from '../../src/agents/tekton/tekton-agent.ts';
import { isTool, type ToolDeclaration } from '../../src/agents/tool.ts';
import type { TektonClient } from '../../src/backends/tekton/tekton-client.ts';
import { z } from 'zod';
import { table } from './resource-reference.ts';

/** Declarations never call the backend; whoever did would learn that there is none. */
const noBackend = new Proxy({} as TektonClient, {
  get: (_target, property) => {
    throw new Error(`a declaration used the backend: ${String(property)}`);
  },
});

export function toolsReference(): string {
  const agents = [supervisorAgent, createTektonAgent({ tekton: noBackend }), kfpAgent, minioAgent, docsAgent];
  return [
    '# Agents and their tools',
    'What a repeat after a crash may do decides how a tool is called: `pure` reads and may be repeated; `named` creates or changes an object whose name follows from the decision, so that a repeat finds it; `keyed` asks the receiver by a key before it repeats; `external` is never repeated; `wait` is taken up again when something changes.',
    ...agents.flatMap(agentSection),
  ].join('\n\n');
}

function agentSection(agent: Agent): string[] {
  const later = agent.tools.some(isTool)
    ? []
    : ['Not offered in a cluster yet: its tools are declared, and do not execute.'];
  return [`## ${agent.name}`, agent.purpose, ...later, ...agent.tools.flatMap(toolSection)];
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
