import type { InventoryEntry } from '../language-model.ts';
import type { Spoken } from './arguments.ts';
import { type Clause, clausesOf } from './clauses.ts';
import { comes, focusOf, type PlannedCall, startsRun } from './focus.ts';
import { domains, phrases } from './lexicon.ts';
import { pointsBack, read, type Reading } from './mentions.ts';
import { meaningOf } from './meaning.ts';
import { type Candidate, type Offered, rankTools } from './ranking.ts';
import { inventoryKind, propertiesOf } from './schema.ts';
import { wordsOf } from '../../language/text.ts';

export type Plan =
  | { readonly kind: 'calls'; readonly calls: readonly PlannedCall[] }
  | {
      readonly kind: 'clarify' | 'refuse' | 'help' | 'smalltalk';
      readonly text: string;
      readonly options?: readonly string[];
    };

export interface Request {
  readonly text: string;
  /** `name = value` pairs that hold for every call. */
  readonly given: string;
  /** Earlier turns, oldest first. */
  readonly history: readonly { readonly isUser: boolean; readonly text: string }[];
  readonly tools: readonly Offered[];
  readonly inventory: readonly InventoryEntry[];
  readonly now: Date;
}

/** Below this no tool serves the request. */
const leastScore = 1.7;
/** Deeds that only a tool meant for them may answer. */
const binding = new Set(['delete', 'move', 'unlock', 'pause', 'resume', 'stop', 'upload', 'create', 'copy', 'put']);
const unsafe =
  'I do not do that: it touches secrets, safeguards, or more than one named thing at once. Name one thing, or ask an administrator.';
const beyond =
  'None of the tools here can do that. I can look at pipelines, runs, data and documentation, and start, stop or change what these tools serve.';

export function planRequest(request: Request): Plan {
  const reading = read(request.text, request.inventory);
  const social = socialPlan(reading);
  if (social) return social;
  const calls: PlannedCall[] = [];
  for (const clause of clausesOf(reading).filter(({ core }) => !phrases.declined.test(core.masked))) {
    const next = planClause(clause, calls, request);
    if (next.kind === 'clarify') return next;
    if (next.kind === 'calls') calls.push(...next.calls.filter((call) => !isRepeat(call, calls)));
    else if (calls.length === 0) break;
  }
  return calls.length > 0
    ? { kind: 'calls', calls: [...calls, ...awaited(calls, reading, request)] }
    : planWhole(reading, request);
}

function planWhole(reading: Reading, request: Request): Plan {
  const plan = planClause({ ...reading, core: reading }, [], request);
  // `Do it` is too short to be declined.
  const isOpen = wordsOf(reading.masked).length < 4 && phrases.pronoun.test(reading.masked);
  return plan.kind === 'refuse' && isOpen ? { kind: 'clarify', text: 'What do you mean?' } : plan;
}

/** `Run it and wait`: the end of the run is wanted even where nothing is asked about it. */
function awaited(calls: readonly PlannedCall[], { masked }: Reading, { tools }: Request): readonly PlannedCall[] {
  const start = calls.at(-1);
  if (start === undefined || !startsRun(start) || !phrases.wait.test(masked)) return [];
  const look = tools.find(({ agent, tool }) => agent === start.agent && tool.name === 'get_run');
  return look ? [{ ...start, tool: 'get_run', args: { run: comes('run', 'started') }, writes: false }] : [];
}

function socialPlan({ masked, mentions }: Reading): Plan | undefined {
  const { deeds, asks, things } = meaningOf(masked);
  if (phrases.unsafe.test(masked) && !isHowTo(asks, masked)) return { kind: 'refuse', text: unsafe };
  const count = wordsOf(masked).length;
  if (mentions.length + things.length > 0 || count > 24 || domains.docs.test(masked)) return undefined;
  if (phrases.help.test(masked)) return { kind: 'help', text: 'I can:' };
  return phrases.smalltalk.test(masked) && count <= 12 && deeds.length === 0
    ? { kind: 'smalltalk', text: 'Hello! Ask me about your pipelines, runs, data or documentation.' }
    : undefined;
}

/** How secrets are rotated may be asked. */
function isHowTo(asks: readonly string[], masked: string): boolean {
  return asks.includes('docs') && phrases.readsAbout.test(masked);
}

function planClause(said: Clause, before: readonly PlannedCall[], request: Request): Plan {
  const { inventory, now, given, history, tools } = request;
  const clause = given === '' ? said : { ...read(`${said.text} ${given}`, inventory), core: said.core };
  const scene = { inventory, now, focus: focusOf(before, history, inventory) };
  const ranked = rankTools(tools, { ...scene, reading: clause }, clause.core);
  const implied = continued(ranked, clause, request) ?? reportOf(before, ranked, clause);
  const best = implied ?? ranked[0];
  if (!best || (!implied && isBeyond(best, clause))) return { kind: 'refuse', text: beyond };
  const [chosen = best] = rankTools([best], { ...scene, reading: withBorrowed(clause, scene.focus) }, clause.core);
  return clarification(chosen, inventory) ?? callOf(chosen, clause);
}

function callOf({ agent, tool, filled }: Candidate, { text }: Reading): Plan {
  const call = { agent, tool: tool.name, args: filled.args, writes: tool.writes, words: text.trim() };
  return { kind: 'calls', calls: [call] };
}

/** `Run it and tell me the score`: what comes after a start, and names nothing else, asks about the new run. */
function reportOf(before: readonly PlannedCall[], ranked: readonly Candidate[], clause: Clause): Candidate | undefined {
  const start = before.findLast(startsRun);
  const isOnlyAsked = meaningOf(clause.masked).deeds.every((deed) => ['diagnose', 'draw', 'compare'].includes(deed));
  if (!start || !isOnlyAsked || clause.mentions.length > 0) return undefined;
  const isAboutRun = ({ tool }: Candidate) => !tool.writes && propertiesOf(tool).some(([name]) => /^runs?$/.test(name));
  const about = ranked.filter((candidate) => candidate.agent === start.agent && isAboutRun(candidate));
  return about.find(({ score, tool }) => score >= leastScore || tool.name === 'get_run') ?? about[0];
}

/** `And what about x?`: too few words of its own, so it is the question before, about something else. */
function continued(ranked: readonly Candidate[], clause: Clause, request: Request): Candidate | undefined {
  const { masked, mentions } = clause;
  const count = wordsOf(masked).length;
  const isBare = count <= 1 || (count <= 6 && masked.search(phrases.likewise) === 0);
  const index = request.history.findLastIndex(({ isUser }) => isUser);
  const question = request.history[index];
  if (!question || !isBare || mentions.length === 0 || meaningOf(masked).deeds.length > 0) return undefined;
  const earlier = planRequest({ ...request, text: question.text, history: request.history.slice(0, index) });
  const last = earlier.kind === 'calls' ? earlier.calls.at(-1) : undefined;
  const again = ranked.filter(({ tool, filled }) => tool.name === last?.tool && filled.missing.length === 0);
  const agents = [...mentions.map(({ agent }) => agent), last?.agent];
  return agents.flatMap((agent) => again.find((other) => other.agent === agent) ?? [])[0];
}

/** `Presign it`: a file that was spoken of stands in the text where it says "it". */
function withBorrowed(clause: Reading, focus: readonly Spoken[]): Reading {
  const isBack = pointsBack(clause) && clause.mentions.every(({ kind }) => kind !== 'object');
  const borrowed = isBack ? focus.filter(({ kind }) => kind === 'object').slice(0, 1) : [];
  return { ...clause, mentions: [...clause.mentions, ...borrowed] };
}

/** A question back, when something needed is missing or several things fit. */
function clarification({ tool, filled }: Candidate, inventory: Request['inventory']): Plan | undefined {
  const { args, options, isTold, missing } = filled;
  // A pipeline that was only described is not started when nothing is said of what it needs.
  const isGuess = tool.writes && isTold && args['params'] === undefined;
  const pipeline = inventory.find(({ kind, name }) => isGuess && kind === 'pipeline' && name === args['pipeline']);
  const inputs = (pipeline?.parameters ?? []).filter((parameter) => parameter.default === undefined);
  const unsaid = [...missing, ...inputs.map(({ name }) => name)];
  const isOpen = options.length > 0 && ['run', 'pipeline', 'key'].every((property) => args[property] === undefined);
  if (unsaid.length === 0 && !isOpen) return undefined;
  const what = unsaid.map((property) => property.replaceAll(/([A-Z])/g, ' $1').toLowerCase()).join(' and ') || 'one';
  return { kind: 'clarify', text: `Which ${what} do you mean? (${tool.description.replace(/\.$/, '')})`, options };
}

/** Whether not even the best tool does what is asked, or takes what is named. */
function isBeyond({ tool, score, shared, filled }: Candidate, { core, masked, mentions }: Clause): boolean {
  const { deeds, things } = meaningOf(masked);
  if (score < leastScore) return true;
  if (filled.missing.length > 1 && things.length === 0 && !phrases.pronoun.test(masked)) return true;
  const first = [...meaningOf(core.masked).deeds, ...deeds].find((deed) => binding.has(deed));
  if (first !== undefined && shared.length === 0 && !tool.name.startsWith('search')) return true;
  const kinds = propertiesOf(tool).map(([property, schema]) => inventoryKind(schema) ?? property);
  return first === 'delete' && mentions.length > 0 && !mentions.some(({ kind }) => kinds.includes(kind));
}

/** The same again, or less of it: `find the report; where is it?`. */
function isRepeat({ agent, tool, args }: PlannedCall, before: readonly PlannedCall[]): boolean {
  const isIn = (others: PlannedCall['args']) =>
    Object.entries(args).every(([name, value]) => JSON.stringify(others[name]) === JSON.stringify(value));
  return before.some((other) => other.tool === tool && other.agent === agent && isIn(other.args));
}
