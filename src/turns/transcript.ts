import type { ModelMessage } from '../models/language-model.ts';
import type { Frame } from './frames.ts';
import type { Call, Step } from './journal.ts';
import type { TurnFacts } from './turn-facts.ts';

/** A rough measure that errs on the large side for English and JSON. */
const charactersPerToken = 3;

/**
 * What the agent of a frame has been told and has done so far. Within the budget: what does not fit is shortened,
 * oldest tool results first, then earlier turns are left out, oldest first. What was asked now always stays.
 */
export function transcriptOf(frame: Frame, facts: TurnFacts, budgetTokens: number): readonly ModelMessage[] {
  const now = [asked(frame, facts), ...frame.steps.flatMap(stepMessages)];
  const history = frame.depth === 0 ? facts.history.flatMap(exchangeMessages) : [];
  const budget = budgetTokens * charactersPerToken;
  const shortened = shortenOldest(now, budget - sizeOf(history));
  return [...newest(history, budget - sizeOf(shortened)), ...shortened];
}

function exchangeMessages({ text, reply }: TurnFacts['history'][number]): ModelMessage[] {
  return [
    { role: 'user', text },
    { role: 'assistant', text: reply, calls: [] },
  ];
}

function asked(frame: Frame, { text, parameters }: TurnFacts): ModelMessage {
  const facts = Object.entries(parameters).map(([name, value]) => `${name} = ${value}`);
  const lines = facts.length === 0 ? '' : `\n\nUse these values exactly as they are:\n${facts.join('\n')}`;
  return { role: 'user', text: `${frame.task ?? text}${lines}` };
}

function stepMessages(step: Step): ModelMessage[] {
  const calls = step.calls ?? [];
  const assistant: ModelMessage = {
    role: 'assistant',
    // Some endpoints refuse an assistant's message with nothing in it.
    text: step.text === '' && calls.length === 0 ? '(no answer)' : step.text,
    calls: calls.map(({ id, tool, arguments: text }) => ({ id, tool, arguments: text })),
  };
  if (step.rejected === undefined) return [assistant, ...calls.map(toolMessage)];
  const complaint = `That answer could not be used: ${step.rejected}. Answer again, with the tools that are offered or in words.`;
  return [assistant, { role: 'user', text: complaint }];
}

function toolMessage(call: Call): ModelMessage {
  return { role: 'tool', callId: call.id, tool: call.tool, content: contentOf(call) };
}

function contentOf({ outcome }: Call): string {
  if (outcome?.result !== undefined) return outcome.result;
  const { error, state = 'Cancelled', summary = '' } = outcome ?? {};
  return JSON.stringify({ error: error ?? { code: state, message: summary } });
}

function shortenOldest(messages: readonly ModelMessage[], budget: number): readonly ModelMessage[] {
  let excess = sizeOf(messages) - budget;
  return messages.map((message) => {
    if (excess <= 0 || message.role !== 'tool') return message;
    const content = shortContent(message.content);
    excess -= message.content.length - content.length;
    return { ...message, content };
  });
}

function shortContent(content: string): string {
  if (content.length <= 300) return content;
  const { summary = '' } = JSON.parse(content) as { summary?: string };
  return JSON.stringify({
    summary: summary.slice(0, 200),
    data: null,
    cut: 'left out to save room; call again if needed',
  });
}

/** The newest exchanges that fit; an exchange is a question and its answer. */
function newest(history: readonly ModelMessage[], budget: number): readonly ModelMessage[] {
  let first = 0;
  while (first < history.length && sizeOf(history.slice(first)) > budget) first += 2;
  return history.slice(first);
}

function sizeOf(messages: readonly ModelMessage[]): number {
  return messages.reduce((total, message) => total + JSON.stringify(message).length, 0);
}
