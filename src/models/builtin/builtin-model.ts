import type { LanguageModel, ModelCall, ModelMessage, ModelRequest, ModelResponse } from '../language-model.ts';
import { answerFrom, failurePrefix, type Outcome, outcomeOf, parsedRecord, runIn } from './answer.ts';
import { type PlannedCall, resultBefore, startedRun } from './context.ts';
import { type Plan, planRequest, type Request } from './plan.ts';
import type { Offered } from './ranking.ts';

/**
 * A deterministic planner behind the model port: no weights, no network. It plays supervisor and agent alike, because it
 * goes by what it is offered: tools with their examples and schemas, and what exists.
 */
export function createBuiltinModel(): LanguageModel {
  return {
    name: 'builtin',
    respond: (request) => {
      request.signal.throwIfAborted();
      const { text, calls } = next(request);
      if (text !== '') request.onDelta?.(text);
      const usage = { inputTokens: 0, outputTokens: 0 };
      const response: ModelResponse = { text, calls, usage, finish: calls.length > 0 ? 'tool-calls' : 'stop' };
      return Promise.resolve(response);
    },
  };
}

interface Next {
  readonly text: string;
  readonly calls: readonly ModelCall[];
}

/** One stretch of a plan that is asked for at once. */
interface Stage {
  readonly tool: string;
  readonly args: (outcomes: readonly Outcome[]) => Record<string, unknown> | undefined;
}

function next(request: ModelRequest): Next {
  const asked = lastRequest(request.messages);
  const complaint = request.messages.at(-1);
  if (complaint?.role === 'user' && asked.index < request.messages.length - 1) {
    return say(`I could not put this request into a valid call. ${complaint.text}`);
  }
  const plan = plannedIn(asked.text, request) ?? planRequest(requestOf(request, asked));
  const outcomes = outcomesOf(request.messages.slice(asked.index + 1));
  if (plan.kind === 'calls')
    return nextCall(stagesOf(plan.calls, request), outcomes) ?? say(answerFrom(asked.text, outcomes));
  return outcomes.length === 0 ? socialCall(plan, request) : say(answerFrom(asked.text, outcomes));
}

/** Undefined when the plan is through, or when what failed ends it. */
function nextCall(stages: readonly Stage[], outcomes: readonly Outcome[]): Next | undefined {
  const hasFailed = outcomes.some(({ error, summary }) => error !== undefined || summary.startsWith(failurePrefix));
  const stage = hasFailed ? undefined : stages[outcomes.length];
  const args = stage?.args(outcomes);
  return stage && args ? call(stage.tool, args) : undefined;
}

function stagesOf(calls: readonly PlannedCall[], request: ModelRequest): readonly Stage[] {
  const delegates = request.tools.some(({ delegate }) => delegate !== undefined);
  return delegates ? delegated(calls, request) : direct(calls, request);
}

const complaintStart = 'That answer could not be used';

function lastRequest(messages: readonly ModelMessage[]): { index: number; text: string } {
  const index = messages.findLastIndex(
    (message) => message.role === 'user' && !message.text.startsWith(complaintStart),
  );
  const message = messages[index];
  return { index, text: message?.role === 'user' ? message.text : '' };
}

function outcomesOf(messages: readonly ModelMessage[]): readonly Outcome[] {
  return messages.flatMap((message) => (message.role === 'tool' ? [outcomeOf(message.tool, message.content)] : []));
}

function requestOf(request: ModelRequest, asked: { index: number; text: string }): Request {
  const { messages, inventory, now } = request;
  const history = messages
    .slice(0, asked.index)
    .flatMap((message) => (message.role === 'tool' ? [] : [{ role: message.role, text: message.text }]));
  // Facts that an intent gives follow its request, line by line.
  const [text = '', given = ''] = asked.text.split(/\s*Use these values exactly as they are:\s*/);
  // What was made after the question was asked is no part of its meaning: so a plan stays the same while it is carried out.
  const known = inventory.filter(({ attributes }) => !(Date.parse(attributes['createdAt'] ?? '') > now.getTime()));
  return { text, given: given.replaceAll('\n', ' '), history, tools: offered(request), inventory: known, now };
}

const social = new Set(['clarify', 'help', 'refuse', 'smalltalk', 'wait_for_run', 'wait_until']);

function offered({ tools, inventory }: ModelRequest): readonly Offered[] {
  const delegates = tools.flatMap(({ delegate }) =>
    delegate ? delegate.tools.map((tool) => ({ agent: delegate.agent, tool })) : [],
  );
  const own = tools.filter(({ delegate, name }) => delegate === undefined && !social.has(name));
  return [...delegates, ...own.map((tool) => ({ agent: inventory[0]?.agent ?? '', tool }))].filter(
    ({ tool }) => !social.has(tool.name),
  );
}

/** An agent's calls one by one, with a wait where the outcome of a run that the plan starts is wanted. */
function direct(calls: readonly PlannedCall[], { tools }: ModelRequest): readonly Stage[] {
  const canWait = tools.some(({ name }) => name === 'wait_for_run');
  const wait: Stage = { tool: 'wait_for_run', args: (outcomes) => waitArguments(outcomes) };
  return calls.flatMap((planned) => {
    const stage: Stage = { tool: planned.tool, args: (outcomes) => filledIn(planned.args, outcomes) };
    if (!canWait || planned.args['run'] !== startedRun) return [stage];
    return planned.tool === 'get_run' ? [wait] : [wait, stage];
  });
}

/** The supervisor's: one task per stretch of calls of the same agent. */
function delegated(calls: readonly PlannedCall[], request: ModelRequest): readonly Stage[] {
  const canWait = request.tools.some(({ name }) => name === 'wait_for_run');
  const stages: Stage[] = [];
  let group: PlannedCall[] = [];
  const close = () => {
    const [first] = group;
    const tasks = group;
    if (first)
      stages.push({
        tool: `ask_${first.agent}`,
        args: (outcomes) => taskFor(tasks, outcomes, tasks.length === calls.length),
      });
    group = [];
  };
  for (const planned of calls) {
    const waits = canWait && planned.args['run'] === startedRun;
    if (waits || (group[0] && group[0].agent !== planned.agent)) close();
    const waited = stages.some(({ tool }) => tool === 'wait_for_run');
    if (waits && !waited) stages.push({ tool: 'wait_for_run', args: (outcomes) => waitArguments(outcomes) });
    if (!waits || planned.tool !== 'get_run') group.push(planned);
  }
  close();
  return stages;
}

/** A task that is complete in itself: the person's words, and the calls that they come to. */
function taskFor(
  calls: readonly PlannedCall[],
  outcomes: readonly Outcome[],
  isAll: boolean,
): Record<string, unknown> | undefined {
  const filled = calls.map(({ args }) => filledIn(args, outcomes));
  if (filled.includes(undefined)) return undefined;
  const lines = calls.map(({ tool }, index) => `Planned: ${tool} ${JSON.stringify(filled[index])}`);
  return {
    task: [calls.map(({ words }) => words).join('; '), ...lines].join('\n').slice(0, 8_192),
    answerDirectly: isAll,
  };
}

/** The calls that a task names, when all of them are offered here. */
function plannedIn(text: string, { tools }: ModelRequest): Plan | undefined {
  const calls = [...text.matchAll(/^Planned: (\w+) (\{.*\})$/gm)].flatMap((match) => {
    const tool = tools.find(({ name }) => name === match[1]);
    const args = parsedRecord(match[2] ?? '');
    return tool && args ? [{ agent: '', tool: tool.name, args, writes: tool.writes, words: '' }] : [];
  });
  return calls.length > 0 ? { kind: 'calls', calls } : undefined;
}

/** Undefined when the run that the plan speaks of was never started. */
function filledIn(args: PlannedCall['args'], outcomes: readonly Outcome[]): Record<string, unknown> | undefined {
  const run = outcomes.map(runIn).find((name) => name !== undefined);
  const filled = Object.entries(args).map(([name, value]) => [
    name,
    value === startedRun && outcomes.length > 0
      ? run
      : value === resultBefore && outcomes.length > 0
        ? (outcomes.at(-1)?.summary ?? '')
        : value,
  ]);
  return filled.some(([, value]) => value === undefined)
    ? undefined
    : (Object.fromEntries(filled) as Record<string, unknown>);
}

function waitArguments(outcomes: readonly Outcome[]): Record<string, unknown> | undefined {
  const run = outcomes.map(runIn).find((name) => name !== undefined);
  return run === undefined ? undefined : { run };
}

/** Where no tool says it, the model does. */
function socialCall(plan: Exclude<Plan, { kind: 'calls' }>, { tools }: ModelRequest): Next {
  const { args, text } = socialWords(plan, tools);
  return tools.some(({ name }) => name === plan.kind) ? call(plan.kind, args) : say(text);
}

function socialWords(
  plan: Exclude<Plan, { kind: 'calls' }>,
  tools: ModelRequest['tools'],
): { args: Record<string, unknown>; text: string } {
  switch (plan.kind) {
    case 'clarify': {
      const { question, options } = plan;
      const args = { question, ...(options.length > 0 && { options }) };
      return { args, text: [question, ...options.map((option) => `- ${option}`)].join('\n') };
    }
    case 'refuse':
      return { args: { reason: plan.reason }, text: plan.reason };
    case 'help':
      return { args: {}, text: `I can: ${tools.map(({ description }) => description).join(' ')}` };
    case 'smalltalk': {
      const reply = 'Hello! Ask me about your pipelines, runs, data or documentation.';
      return { args: { reply }, text: reply };
    }
  }
}

function call(tool: string, args: Record<string, unknown>): Next {
  return { text: '', calls: [{ id: 'call_0', tool, arguments: JSON.stringify(args) }] };
}

function say(text: string): Next {
  return { text, calls: [] };
}
