import type { LanguageModel, ModelCall, ModelMessage, ModelRequest } from '../language-model.ts';
import { comes, type PlannedCall } from './focus.ts';
import { answerFrom, fieldsIn, hasFailed, type Outcome, outcomeOf, valuesAsked, withOutcomes } from './outcomes.ts';
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
  const stages = stagesOf(plan.calls, request, (rest, start) => {
    const ended = outcomes[start];
    return ended ? afterEnd(rest, ended, text) : rest;
  });
  const stage = outcomes.some(hasFailed) ? undefined : stages[outcomes.length];
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

/** @param revise what is left to do once the run that the plan starts has ended, by the place of that outcome. */
function stagesOf(
  planned: readonly PlannedCall[],
  { tools }: ModelRequest,
  revise: (rest: readonly PlannedCall[], wait: number) => readonly PlannedCall[],
): readonly Stage[] {
  const delegateOf = (agent: string) => tools.find((tool) => tool.delegate?.agent === agent)?.delegate?.agent;
  const staged = (calls: readonly PlannedCall[]) => {
    const stages: Pick<Stage, 'delegate' | 'calls'>[] = [];
    for (const call of calls) {
      const delegate = delegateOf(call.agent);
      const last = stages.at(-1);
      if (last && delegate !== undefined && last.delegate === delegate) last.calls.push(call);
      else stages.push({ delegate, calls: [call] });
    }
    return stages;
  };
  const first = tools.some(({ name }) => name === 'wait_for_run') ? firstAboutNew(planned) : -1;
  const before = staged(first < 0 ? planned : [...planned.slice(0, first), waiting]);
  const stages = first < 0 ? before : [...before, ...staged(revise(planned.slice(first), before.length - 1))];
  return stages.map((stage) => ({ ...stage, isAll: stages.length === 1 }));
}

const newRun = comes('run', 'started');
const waiting: PlannedCall = { agent: '', tool: 'wait_for_run', args: { run: newRun }, writes: false, words: '' };

/** The first call that asks about the run that the plan starts: before it, its end is waited for. */
function firstAboutNew(calls: readonly PlannedCall[]): number {
  return calls.findIndex(({ args, writes }) => !writes && JSON.stringify(args).includes(newRun));
}

/** Waiting tells what looking would; a failed run has a cause and logs, but no values; one that succeeded has no cause. */
function afterEnd(rest: readonly PlannedCall[], { data }: Outcome, question: string): readonly PlannedCall[] {
  const left = rest.filter(({ tool, args }) => tool !== 'get_run' || args['run'] !== newRun);
  if (data['state'] === 'Failed') {
    const cause = { ...waiting, agent: String(data['backend']), tool: 'diagnose_run', words: 'Why did the run fail?' };
    return [cause, ...left.filter(({ tool }) => tool === 'get_run_logs')];
  }
  const told = [
    ...(data['state'] === 'Succeeded' ? ['diagnose_run'] : []),
    ...(valuesAsked(question, data).length > 0 ? ['get_run_metrics'] : []),
  ];
  return left.filter(({ tool, args }) => args['run'] !== newRun || !told.includes(tool));
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
