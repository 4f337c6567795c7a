import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { declaredAgents } from '../compose/agents.ts';

const agents = declaredAgents();
const tools = agents.flatMap((agent) => agent.tools.map((tool) => ({ agent: agent.name, name: tool.name, tool })));
const inventoryKinds = [
  'pipeline',
  'run',
  'task',
  'experiment',
  'schedule',
  'bucket',
  'object',
  'knowledge-base',
  'namespace',
];

interface Property {
  readonly description?: string;
  readonly 'x-inventory'?: string;
  readonly items?: Property;
}

function propertiesOf(input: z.ZodObject): readonly (readonly [string, Property])[] {
  const { properties = {} } = z.toJSONSchema(input, { io: 'input' }) as { properties?: Record<string, Property> };
  return Object.entries(properties);
}

describe('the declarations of all agents', () => {
  test.each(agents)('tool names of $name are unique', ({ tools: own }) => {
    const names = own.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
  });

  test.each(tools)('$agent $name says in one sentence what it does', ({ name, tool }) => {
    expect(name).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
    expect(tool.description).toMatch(/^[A-Z][^\n]*\.$/);
    expect(tool.description.slice(0, -1)).not.toMatch(/[.!?]\s/);
  });

  test.each(tools)('$agent $name has three to six distinct example requests', ({ tool: { examples } }) => {
    expect(examples.length).toBeGreaterThanOrEqual(3);
    expect(examples.length).toBeLessThanOrEqual(6);
    expect(new Set(examples.map((example) => example.toLowerCase())).size).toBe(examples.length);
  });

  test.each(tools)('$agent $name describes every argument and takes no others', ({ tool: { input } }) => {
    for (const [name, property] of propertiesOf(input)) {
      expect(property.description, name).toMatch(/^[A-Z].*\.$/);
      const kind = property['x-inventory'] ?? property.items?.['x-inventory'];
      if (kind !== undefined) expect(inventoryKinds, name).toContain(kind);
    }
    expect(input.safeParse({ pipelineSpec: {} }).success).toBe(false);
  });

  test.each(tools.filter(({ agent }) => agent !== 'supervisor'))(
    '$agent $name names the rights it needs',
    ({ tool: { access } }) => {
      expect(access.length).toBeGreaterThan(0);
    },
  );

  test('a repeat after a crash is thought of for everything that changes something', () => {
    const external = tools
      .filter(({ tool }) => tool.effect === 'external')
      .map(({ agent, name }) => `${agent} ${name}`);
    expect(external).toEqual(['minio delete_object']);
  });

  test('deletions are marked as such', () => {
    const destructive = tools.filter(({ tool }) => tool.destructive).map(({ name }) => name);
    expect(destructive).toEqual(tools.filter(({ name }) => name.startsWith('delete_')).map(({ name }) => name));
  });

  test('the same example request is not claimed by two tools of one agent', () => {
    for (const agent of agents) {
      const examples = agent.tools.flatMap((tool) => tool.examples);
      expect(examples.length, agent.name).toBe(new Set(examples).size);
    }
  });

  test('no Tekton tool takes an inline spec, a resolver, a pod template, a service account or a volume', () => {
    const names = tools.filter(({ agent }) => agent === 'tekton').flatMap(({ tool }) => propertiesOf(tool.input));
    expect(new Set(names.map(([name]) => name))).toEqual(
      new Set([
        ...['pipeline', 'params', 'run', 'mode', 'task', 'step', 'tailLines', 'grep'],
        ...['nameContains', 'namespace', 'limit', 'pageToken', 'state', 'since', 'until'],
      ]),
    );
  });
});
