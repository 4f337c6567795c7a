import { type Argument, Option } from 'commander';
import { agentNames } from '../session/agent-names.ts';
import { streamModes } from '../session/stream-modes.ts';
import { parseDuration } from './parse-duration.ts';

export const answerFormats = ['text', 'md', 'json', 'jsonl', 'yaml', 'name'] as const;
export type AnswerFormat = (typeof answerFormats)[number];

export const listFormats = ['table', 'wide', 'json', 'yaml', 'name'] as const;
export type ListFormat = (typeof listFormats)[number];

/** `-o`, with what this command can print; the first one is what it prints when nothing is said. */
export function outputOption(formats: readonly string[]): Option {
  return new Option('-o, --output <format>', 'what to print').choices(formats).default(formats[0]);
}

export const streamOption = () =>
  new Option('--stream <way>', 'how the answer comes: the fastest way that works, or exactly this one')
    .choices(streamModes)
    .default('auto');

export const timeoutOption = (what: string) =>
  new Option('--timeout <duration>', `${what}, for example 90s or 5m`).argParser(parseDuration);

export const agentOption = () =>
  new Option('--agent <name>', 'agent that answers in a new conversation').choices(agentNames);

export const conversationOption = () =>
  new Option('-c, --conversation <name>', 'conversation to go on with; a new one when absent');

export const quietOption = () => new Option('-q, --quiet', 'nothing on stderr but errors');

export const selectorOptions = () => [
  new Option('-l, --selector <labels>', 'only objects with these labels, as kubectl takes it'),
  new Option('--field-selector <fields>', 'only objects with these fields, for example status.phase=AwaitingApproval'),
  new Option('-A, --all-namespaces', 'in all namespaces'),
];

/** What completion offers for an argument. */
export type Completes = 'conversation' | 'turn' | 'pending' | 'intent' | 'any' | 'run';

const completions = new WeakMap<Argument | Option, Completes>();

/** Notes what completion offers for an argument or the value of an option. */
export function completing<T extends Argument | Option>(what: Completes, part: T): T {
  completions.set(part, what);
  return part;
}

export function completesWith(part: Argument | Option): Completes | undefined {
  return completions.get(part);
}
