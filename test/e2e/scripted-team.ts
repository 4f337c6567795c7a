import type { ChatRequest } from '../../src/testing/fake-openai-server.ts';
import type { FakeReply } from '../../src/testing/fake-openai-reply.ts';

/** What is decided next, from the results so far and from what was asked. */
type Decide = (results: readonly string[], task: string) => FakeReply;

/**
 * A model that plays supervisor and agents: whose turn it is follows from the tools on offer, what to do next from how
 * many results there are already.
 */
export function scriptedTeam(roles: Readonly<Record<string, readonly Decide[]>>) {
  return ({ messages, tools = [] }: ChatRequest): FakeReply => {
    const offered = tools.map((tool) => tool.function.name);
    const role = Object.keys(roles).find((name) => offered.includes(name)) ?? '';
    const results = messages.filter((message) => message.role === 'tool').map(({ content }) => content ?? '');
    const decide = roles[role]?.[results.length];
    if (!decide) throw new Error(`the script of ${role} has no answer after ${results.length} results`);
    const task = messages.findLast((message) => message.role === 'user')?.content ?? '';
    return decide(results, task);
  };
}

export const calling = (tool: string, of: object): FakeReply => ({ calls: [{ tool, arguments: of }] });

export const call =
  (tool: string, of: object | ((results: readonly string[]) => object)): Decide =>
  (results) =>
    calling(tool, typeof of === 'function' ? (of as (results: readonly string[]) => object)(results) : of);

export const say =
  (of: string | ((results: readonly string[]) => string)): Decide =>
  (results) => ({ text: typeof of === 'function' ? of(results) : of });

/** The first match in the newest result that has one. @throws Error when none has, with what there is. */
export function found(results: readonly string[], pattern: RegExp): string {
  for (const result of results.toReversed()) {
    const [, first] = pattern.exec(result) ?? [];
    if (first !== undefined) return first;
  }
  throw new Error(`nothing matches ${String(pattern)} in:\n${results.join('\n---\n')}`);
}
