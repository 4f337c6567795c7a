import type { LanguageModel, ModelCall, ModelMessage, ModelRequest } from '../language-model.ts';
import { comes, type PlannedCall } from './focus.ts';
import { answerFrom, fieldsIn, hasFailed, type Outcome, outcomeOf, withOutcomes } from './outcomes.ts';
import { type Plan, planRequest, type Request } from './plan.ts';

/**
 * A deterministic planner behind the model port: no weights, no network. It plays supervisor and agent alike, because it
 * goes by what it is offered: tools with their examples and schemas, and what exists.
 */
export function createBuiltinModel(): LanguageModel {
  return {
    name: 'builtin',
    respond: (request) => {
      request.signal.throwIfAborted();
      const { text = '', calls = [] } = next(request);
      if (text !== '') request.onDelta?.(text);
      const usage = { inputTokens: 0, outputTokens: 0 };
      return Promise.resolve({ text, calls, usage, finish: calls.length > 0 ? 'tool-calls' : 'stop' });
    },
  };
}

interface Next {
  readonly text?: string;
  readonly calls?: readonly ModelCall[];
}

function next(request: ModelRequest): Next {
  const { messages } = request;
  const asked = messages.findLastIndex(
    (message) => message.role === 'user' && !message.text.startsWith(complaintStart),
  );
  const text = textOf(messages[asked]);
  const since = messages.slice(asked + 1);
  const complaint = since.at(-1);
  if (complaint?.role === 'user') return { text: `I could not put this request into a valid call. ${complaint.text}` };
  const outcomes = since.flatMap((message) => (message.role === 'tool' ? [outcomeOf(message.content)] : []));
  const plan = plannedIn(text, request) ?? planRequest(requestOf(request, text, asked));
  if (plan.kind !== 'calls')
    return outcomes.length === 0 ? socialAnswer(plan, request) : { text: answerFrom(text, outcomes) };
  const stage = outcomes.some(hasFailed) ? undefined : stagesOf(plan.calls, request)[outcomes.length];
  const calls = stage && callsOf(stage, outcomes, request);
  return calls ? { calls } : { text: answerFrom(text, outcomes) };
}

const complaintStart = 'That answer could not be used';

function textOf(message: ModelMessage | undefined): string {
  return message && message.role !== 'tool' ? message.text : '';
}

function requestOf(request: ModelRequest, asked: string, index: number): Request {
  const { messages, tools, inventory, now } = request;
  const said = messages.slice(0, index).filter(({ role }) => role !== 'tool');
  const history = said.map((message) => ({ isUser: message.role === 'user', text: textOf(message) }));
  // Facts that an intent gives follow its request, line by line.
  const [text = '', given = ''] = asked.split(/\s*Use these values exactly as they are:\s*/);
  // What was made after the question was asked is no part of its meaning: so a plan stays the same while it is carried out.
  const known = inventory.filter(({ attributes }) => !(Date.parse(attributes['createdAt'] ?? '') > now.getTime()));
  const own = inventory[0]?.agent ?? '';
  const offered = tools.flatMap((tool) =>
    (tool.delegate?.tools ?? [tool]).map((each) => ({ agent: tool.delegate?.agent ?? own, tool: each })),
  );
  const serving = offered.filter(({ tool }) => !/^(?:clarify|help|refuse|smalltalk|wait_\w+)$/.test(tool.name));
  return { text, given: given.replaceAll('\n', ' '), history, tools: serving, inventory: known, now };
}

/** What is asked for at once: a call of one's own, or the task of another agent. */
interface Stage {
  /** Undefined when it is a call of one's own. */
  readonly delegate: string | undefined;
  readonly calls: PlannedCall[];
  /** The task is the whole request. */
  readonly isAll: boolean;
}

function stagesOf(planned: readonly PlannedCall[], { tools }: ModelRequest): readonly Stage[] {
  const calls = tools.some(({ name }) => name === 'wait_for_run') ? withWait(planned) : planned;
  const stages: Pick<Stage, 'delegate' | 'calls'>[] = [];
  for (const call of calls) {
    const delegate = tools.find((tool) => tool.delegate?.agent === call.agent)?.delegate?.agent;
    const last = stages.at(-1);
    if (last && delegate !== undefined && last.delegate === delegate) last.calls.push(call);
    else stages.push({ delegate, calls: [call] });
  }
  return stages.map((stage) => ({ ...stage, isAll: stages.length === 1 }));
}

/** Waits for the run that the plan starts before anything is asked about it. */
function withWait(calls: readonly PlannedCall[]): readonly PlannedCall[] {
  const run = comes('run', 'started');
  const first = calls.findIndex(({ args, writes }) => !writes && JSON.stringify(args).includes(run));
  if (first < 0) return calls;
  // Waiting tells what looking would.
  const rest = calls.slice(first).filter(({ tool, args }) => tool !== 'get_run' || args['run'] !== run);
  return [
    ...calls.slice(0, first),
    { agent: '', tool: 'wait_for_run', args: { run }, writes: false, words: '' },
    ...rest,
  ];
}

/** Undefined when what the stage needs was not brought. */
function callsOf({ delegate, calls, isAll }: Stage, outcomes: readonly Outcome[], { inventory }: ModelRequest) {
  const filled = calls.map((planned) => ({ ...planned, args: withOutcomes(planned, outcomes, inventory) }));
  const [first] = filled;
  if (!first?.args) return undefined;
  if (delegate === undefined) return [call(first.tool, first.args)];
  const lines = filled.map(({ tool, args }, index) => `Planned: ${tool} ${JSON.stringify(args ?? calls[index]?.args)}`);
  const task = [calls.map(({ words }) => words).join('; '), ...lines].join('\n').slice(0, 8_192);
  return [call(`ask_${delegate}`, { task, answerDirectly: isAll })];
}

/** The calls that a task names, when they are offered here. */
function plannedIn(text: string, { tools }: ModelRequest): Plan | undefined {
  const calls = [...text.matchAll(/^Planned: (\w+) (\{.*\})$/gm)].flatMap(([, name, json = '']) => {
    const tool = tools.find((other) => other.name === name);
    return tool ? [{ agent: '', tool: tool.name, args: fieldsIn(json), writes: tool.writes, words: '' }] : [];
  });
  return calls.length > 0 ? { kind: 'calls', calls } : undefined;
}

/** Where no tool says it, the model does. */
function socialAnswer({ kind, text, options = [] }: Exclude<Plan, { kind: 'calls' }>, { tools }: ModelRequest): Next {
  const args = {
    clarify: { question: text, ...(options.length > 0 && { options }) },
    refuse: { reason: text },
    smalltalk: { reply: text },
    help: {},
  };
  if (tools.some(({ name }) => name === kind)) return { calls: [call(kind, args[kind])] };
  const abilities = kind === 'help' ? tools.map(({ description }) => description) : [];
  return { text: [text, ...options, ...abilities].join('\n- ') };
}

function call(tool: string, args: object): ModelCall {
  return { id: 'call_0', tool, arguments: JSON.stringify(args) };
}
