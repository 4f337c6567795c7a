import { z } from 'zod';
import { type Agent } from '../../src/agents/agent.ts';
import { defineTool, type Effect, type Tool, type ToolContext, type ToolResult } from '../../src/agents/tool.ts';
import { RetryableError } from '../../src/base/errors.ts';
import { type Asked } from './ledger.ts';

const input = z.object({ item: z.string(), value: z.string() });
type Input = z.output<typeof input>;

interface Answer {
  readonly status: number;
  readonly body: Asked;
}

/** One tool for each effect class, all acting on the World. It takes the name of an agent that a Conversation may name. */
export function createWorldAgent(url: string): Agent {
  async function ask(method: string, path: string, asked?: object): Promise<Answer> {
    const body = asked === undefined ? null : JSON.stringify(asked);
    try {
      const response = await fetch(`${url}/${path}`, { method, body });
      return { status: response.status, body: (await response.json()) as Asked };
    } catch (error) {
      throw new RetryableError('WorldUnreachable', `${method} ${path} was not answered`, { cause: error });
    }
  }

  const done = ({ item }: Asked): ToolResult => ({ kind: 'ok', summary: `${item} is done.`, data: { item } });
  const tool = (
    name: string,
    effect: Effect,
    execute: (input: Input, context: ToolContext) => Promise<ToolResult>,
  ): Tool =>
    defineTool({
      name,
      description: `Acts on the world with effect ${effect}.`,
      effect,
      input,
      output: z.object({ item: z.string() }),
      access: [],
      examples: [],
      display: 'text',
      execute: execute as never,
    });

  return {
    name: 'minio',
    purpose: 'Acts on the world of the fault suite.',
    instructions: 'Follow the script.',
    delegates: [],
    tools: [
      tool('read', 'pure', async ({ item }) => done((await ask('GET', `read/${item}`)).body)),
      tool('create_named', 'named', async (call, { effectKey, argumentsDigest }) => {
        const { body } = await ask('PUT', `named/${effectKey}`, { ...call, digest: argumentsDigest });
        if (body.digest === argumentsDigest) return done(body);
        return { kind: 'error', code: 'EffectConflict', message: `${effectKey} is there with other arguments` };
      }),
      tool('start_keyed', 'keyed', async (call, { effectKey, argumentsDigest }) => {
        const found = await ask('GET', `keyed/${effectKey}`);
        if (found.status === 200) return done(found.body);
        return done((await ask('POST', `keyed/${effectKey}`, { ...call, digest: argumentsDigest })).body);
      }),
      tool('send_plain', 'external', async (call, { argumentsDigest }) => {
        return done((await ask('POST', `plain/${call.item}`, { ...call, digest: argumentsDigest })).body);
      }),
    ],
  };
}
