import { type Argument, type Command, type Option } from 'commander';
import { kinds } from '../../api/group.ts';
import { type KubeObject } from '../../kube/kube-client.ts';
import { safeLine } from '../display/safe-text.ts';
import { type Completes, completesWith } from '../options/common-options.ts';
import { type CliContext } from '../session/cli-context.ts';
import { type GlobalFlags } from '../options/kubectl-flags.ts';

/** What the shell shows, as cobra's protocol has it: a word and, after a tab, what it is. */
export interface Candidate {
  readonly word: string;
  readonly about?: string | undefined;
}

/** Directives of cobra: the shell offers files, or nothing of its own. */
export const directives = { files: 0, nothingElse: 4 } as const;

export interface Completion {
  readonly candidates: readonly Candidate[];
  readonly directive: (typeof directives)[keyof typeof directives];
}

/** Names come from the cluster; whoever types does not wait longer for them. */
export const completionBudgetMs = 1_500;

export interface CompletionDependencies {
  readonly program: Command;
  /** With the flags that stand on the line. */
  readonly open: (flags: GlobalFlags) => Promise<CliContext>;
}

/** Candidates for the last word, which may be empty. */
export async function complete(words: readonly string[], dependencies: CompletionDependencies): Promise<Completion> {
  const line = readLine(words, dependencies.program);
  const all = await candidatesFor(line, dependencies);
  if (all === undefined) return { candidates: [], directive: directives.files };
  const fitting = all.filter(({ word }) => word.startsWith(line.typed));
  return { candidates: fitting, directive: directives.nothingElse };
}

export function completionText({ candidates, directive }: Completion): string {
  const lines = candidates.map(({ word, about }) => (about ? `${safeLine(word)}\t${safeLine(about)}` : safeLine(word)));
  return [...lines, `:${directive}`].map((line) => `${line}\n`).join('');
}

interface Line {
  readonly typed: string;
  /** Absent before the name of a command. */
  readonly command: Command | undefined;
  /** Words of the command that are no flags, without the last one. */
  readonly given: readonly string[];
  /** Whose value is being typed. */
  readonly option: Option | undefined;
  readonly flags: GlobalFlags;
  readonly program: Command;
}

function readLine(words: readonly string[], program: Command): Line {
  let command: Command | undefined;
  let option: Option | undefined;
  const given: string[] = [];
  const flags: Record<string, unknown> = { color: true };
  for (const word of words.slice(0, -1)) {
    if (option) {
      flags[option.attributeName()] = word;
      option = undefined;
    } else if (word.startsWith('-')) option = readFlag(word, { flags, options: optionsOf(program, command) });
    else if (command) given.push(word);
    else command = commandOf(word, program);
  }
  return { typed: words.at(-1) ?? '', command, given, option, flags: flags as unknown as GlobalFlags, program };
}

interface FlagsSoFar {
  readonly flags: Record<string, unknown>;
  readonly options: readonly Option[];
}

/** @returns the option when its value is the next word. */
function readFlag(word: string, { flags, options }: FlagsSoFar): Option | undefined {
  const [name = '', value] = word.split('=', 2);
  const option = options.find(({ short, long }) => short === name || long === name);
  if (value === undefined) return option?.required === true ? option : undefined;
  if (option) flags[option.attributeName()] = value;
  return undefined;
}

function commandOf(word: string, program: Command): Command | undefined {
  return program.commands.find((candidate) => [candidate.name(), ...candidate.aliases()].includes(word));
}

function optionsOf(program: Command, command: Command | undefined): readonly Option[] {
  return [...(command?.options ?? []), ...program.options];
}

/** @returns undefined where the shell should offer files. */
async function candidatesFor(
  line: Line,
  dependencies: CompletionDependencies,
): Promise<readonly Candidate[] | undefined> {
  const { command, option, program, typed } = line;
  if (option) return ofPart(option, line, dependencies);
  if (typed.startsWith('-')) return optionsOf(program, command).flatMap(flagCandidate);
  if (!command) {
    return program.commands.map((candidate) => ({ word: candidate.name(), about: firstLine(candidate.description()) }));
  }
  if (command.name() === 'help') return program.commands.map((candidate) => ({ word: candidate.name() }));
  const { registeredArguments } = command;
  const last = registeredArguments.at(-1);
  const argument = registeredArguments[line.given.length] ?? (last?.variadic === true ? last : undefined);
  return argument ? ofPart(argument, line, dependencies) : [];
}

function flagCandidate(option: Option): Candidate[] {
  return option.hidden ? [] : [{ word: option.long ?? option.short ?? '', about: option.description }];
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

async function ofPart(
  part: Argument | Option,
  line: Line,
  dependencies: CompletionDependencies,
): Promise<readonly Candidate[] | undefined> {
  if (part.argChoices) return part.argChoices.map((word) => ({ word }));
  const name = 'long' in part ? part.long : undefined;
  if (name !== undefined && fileOptions.has(name)) return undefined;
  const what = name === '--namespace' ? 'namespace' : completesWith(part);
  return what === undefined ? [] : namesOf(what, await dependencies.open(line.flags));
}

const fileOptions = new Set([
  '--file',
  '--kubeconfig',
  '--certificate-authority',
  '--client-certificate',
  '--client-key',
  '--out',
  '--dir',
]);

async function namesOf(what: Completes | 'namespace', context: CliContext): Promise<readonly Candidate[]> {
  const signal = AbortSignal.timeout(completionBudgetMs);
  try {
    return await namesIn(context, what, signal);
  } catch {
    // A shell has no place for an error: no names, then.
    return [];
  }
}

interface Named extends KubeObject {
  readonly status?: {
    readonly phase?: string;
    readonly preview?: string;
    readonly pendingApprovals?: readonly unknown[];
    readonly pipelineRuns?: readonly { readonly backend: string; readonly name: string; readonly state: string }[];
  };
}

const sources = {
  conversation: [kinds.conversation],
  turn: [kinds.turn],
  intent: [kinds.intent],
  pending: [kinds.turn],
  any: [kinds.conversation, kinds.intent],
  run: [kinds.conversation, kinds.intent],
} as const;

const namespaceType = { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace', namespaced: false };
const mostNames = 500;

async function namesIn(
  { kube, namespace }: CliContext,
  what: Completes | 'namespace',
  signal: AbortSignal,
): Promise<readonly Candidate[]> {
  if (what === 'namespace') {
    const { items } = await kube.list(namespaceType, { limit: mostNames }, { signal });
    return items.map(({ metadata }) => ({ word: metadata.name }));
  }
  const lists = await Promise.all(
    sources[what].map((type) => kube.list<Named>(type, { namespace, limit: mostNames }, { signal })),
  );
  const objects = lists.flatMap(({ items }) => items);
  if (what === 'run') {
    return objects.flatMap(({ status }) =>
      (status?.pipelineRuns ?? []).map(({ name, state, backend }) => ({ word: name, about: `${backend} ${state}` })),
    );
  }
  const wanted =
    what === 'pending' ? objects.filter(({ status }) => (status?.pendingApprovals ?? []).length > 0) : objects;
  return wanted.map(({ metadata, status }) => ({ word: metadata.name, about: status?.preview ?? status?.phase }));
}
