import type { InventoryEntry } from '../language-model.ts';
import { inventoryKind, propertiesOf } from './arguments.ts';
import { clausesOf } from './clauses.ts';
import { argumentsFrom, focusOf, type PlannedCall, reportOf, type Said, startedRun, startsRun } from './context.ts';
import { asks, domains, phrases } from './lexicon.ts';
import { pointsBack, read, type Reading } from './mentions.ts';
import { type Candidate, meaningOf, type Offered, rankTools } from './ranking.ts';
import { wordsOf } from './text.ts';

export type Plan =
  | { readonly kind: 'calls'; readonly calls: readonly PlannedCall[] }
  | { readonly kind: 'clarify'; readonly question: string; readonly options: readonly string[] }
  | { readonly kind: 'refuse'; readonly reason: string }
  | { readonly kind: 'help' }
  | { readonly kind: 'smalltalk' };

export interface Request {
  readonly text: string;
  /** `name = value` pairs that hold for every call. */
  readonly given?: string;
  /** Earlier turns as texts, oldest first. */
  readonly history: readonly Said[];
  readonly tools: readonly Offered[];
  readonly inventory: readonly InventoryEntry[];
  readonly now: Date;
}

/** `I don't want the hourly runs` gives a reason, no order. */
const declined = /(?:don't|do not|no longer) (?:want|need)(?! to)/;
/** Below this no tool serves the request. */
const leastScore = 1.6;
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
  if (isUnsafe(reading)) return { kind: 'refuse', reason: unsafe };
  const calls: PlannedCall[] = [];
  for (const clause of clausesOf(reading)) {
    if (declined.test(clause.masked)) continue;
    const next = planClause(clause, calls, request);
    if ('call' in next) calls.push(...(isRepeat(next.call, calls) ? [] : [next.call]));
    else if (next.plan.kind === 'clarify') return next.plan;
    else if (calls.length === 0) return planWhole(reading, request);
  }
  return calls.length > 0
    ? { kind: 'calls', calls: [...calls, ...awaited(calls, reading, request)] }
    : planWhole(reading, request);
}

const waits =
  /(?<!\p{L})(?:wait|until (?:it|that|this|the run) (?:is|has|ends|finishes|completes)|when (?:it|that|the run) (?:is|has) (?:done|finished|ended))(?!\p{L})/u;

/** `Run it and wait`: the end of the run is wanted even where nothing is asked about it. */
function awaited(calls: readonly PlannedCall[], { masked }: Reading, { tools }: Request): readonly PlannedCall[] {
  const start = calls.at(-1);
  if (start === undefined || !startsRun(start) || !waits.test(masked)) return [];
  const canTell = tools.some(({ agent, tool }) => agent === start.agent && tool.name === 'get_run');
  return canTell
    ? [{ agent: start.agent, tool: 'get_run', args: { run: startedRun }, writes: false, words: 'wait for it' }]
    : [];
}

function planWhole(reading: Reading, request: Request): Plan {
  const next = planClause(reading, [], request);
  return 'call' in next ? { kind: 'calls', calls: [next.call] } : next.plan;
}

function socialPlan({ masked, mentions }: Reading): Plan | undefined {
  const count = wordsOf(masked).length;
  if (mentions.length > 0 || count > 12) return undefined;
  const isAboutHelp = phrases.help.test(masked) && !domains['docs']?.test(masked);
  if (isAboutHelp && (count <= 3 || !/help (?:with|find)/.test(masked))) return { kind: 'help' };
  const { deeds, things } = meaningOf(masked);
  return phrases.smalltalk.test(masked) && deeds.length + things.length === 0 ? { kind: 'smalltalk' } : undefined;
}

function isUnsafe({ masked }: Reading): boolean {
  const isQuestion = phrases.readsSecret.test(masked) && asks.docs.test(masked);
  return phrases.unsafe.test(masked) && !isQuestion;
}

type Next = { readonly call: PlannedCall } | { readonly plan: Plan };

function planClause(said: Reading, before: readonly PlannedCall[], request: Request): Next {
  const { inventory, now, history, given = '' } = request;
  const clause = given === '' ? said : read(`${said.text} ${given}`, inventory);
  const scene = { reading: clause, inventory, now, focus: focusOf(before, history, inventory) };
  const best = bestTool(rankTools(request.tools, scene), { clause, before, request });
  if (!best) return { plan: { kind: 'refuse', reason: 'There is no tool here that could do that.' } };
  const [chosen = best] = rankTools([best], { ...scene, reading: withBorrowed(clause, scene.focus) });
  const args = { ...chosen.filled.args, ...argumentsFrom(before, chosen, clause) };
  if (args['run'] !== startedRun && isBeyond(best, clause)) return documented(clause, request);
  return clarification(chosen, args, inventory) ?? { call: callOf(best, args, clause) };
}

interface Spot {
  readonly clause: Reading;
  readonly before: readonly PlannedCall[];
  readonly request: Request;
}

function bestTool(ranked: readonly Candidate[], { clause, before, request }: Spot): Candidate | undefined {
  const report = asksOnly(clause) ? reportOf(before, ranked, leastScore) : undefined;
  return continued(ranked, clause, request) ?? report ?? ranked[0];
}

/** A question back, when something needed is missing or several things fit. */
function clarification(
  chosen: Candidate,
  args: PlannedCall['args'],
  inventory: Request['inventory'],
): Next | undefined {
  const { missing, options } = chosen.filled;
  const unsaid = [
    ...missing.filter((property) => args[property] === undefined),
    ...unsaidInputs(chosen, args, inventory),
  ];
  const isOpen = options.length > 0 && ['run', 'pipeline', 'key'].every((property) => args[property] === undefined);
  if (unsaid.length === 0 && !isOpen) return undefined;
  return { plan: { kind: 'clarify', question: questionFor(chosen, unsaid), options } };
}

function callOf({ agent, tool }: Offered, args: PlannedCall['args'], clause: Reading): PlannedCall {
  return { agent, tool: tool.name, args, writes: tool.writes, words: clause.text.trim() };
}

/** `Presign it`: a file that was spoken of stands in the text where it says "it". */
function withBorrowed(clause: Reading, focus: Reading['mentions']): Reading {
  const isBack = pointsBack(clause) && clause.mentions.every(({ kind }) => kind !== 'object');
  const borrowed = isBack ? focus.filter(({ kind }) => kind === 'object').slice(0, 1) : [];
  return { ...clause, mentions: [...clause.mentions, ...borrowed] };
}

/** A pipeline that was only described is not started when nothing is said of what it needs. */
function unsaidInputs(
  { tool, filled }: Candidate,
  args: PlannedCall['args'],
  inventory: Request['inventory'],
): readonly string[] {
  if (!tool.writes || filled.told === 0 || args['params'] !== undefined) return [];
  const pipeline = inventory.find(({ kind, name }) => kind === 'pipeline' && name === args['pipeline']);
  return (pipeline?.parameters ?? []).flatMap((parameter) => (parameter.default === undefined ? [parameter.name] : []));
}

function asksOnly({ masked, mentions }: Reading): boolean {
  return mentions.length === 0 && meaningOf(masked).deeds.every((deed) => deed === 'diagnose' || deed === 'draw');
}

/** `And what about x?`: too few words of its own, so it is the question before, about something else. */
function continued(
  ranked: readonly Candidate[],
  clause: Reading,
  { history, ...request }: Request,
): Candidate | undefined {
  const index = history.findLastIndex(({ role }) => role === 'user');
  const question = history[index];
  if (question === undefined || !isFollowUp(clause)) return undefined;
  const earlier = planRequest({ ...request, text: question.text, history: history.slice(0, index) });
  const last = earlier.kind === 'calls' ? earlier.calls.at(-1) : undefined;
  const again = ranked.filter(({ tool, filled }) => tool.name === last?.tool && filled.missing.length === 0);
  const agents = [...clause.mentions.map(({ agent }) => agent), last?.agent].filter((agent) =>
    again.some((other) => other.agent === agent),
  );
  return again.find(({ agent }) => agent === agents[0]);
}

function isFollowUp({ masked, mentions }: Reading): boolean {
  const count = wordsOf(masked).length;
  const leads = /^\W*(?:and|what about|how about|same|also|now|und|et|y|και|e)(?!\p{L})/u.test(masked);
  return (leads || count <= 1) && count <= 6 && mentions.length > 0 && meaningOf(masked).deeds.length === 0;
}

/** Whether not even the best tool does what is asked, or takes what is named. */
function isBeyond(best: Candidate, { masked, mentions }: Reading): boolean {
  if (best.score < leastScore) return true;
  const first = meaningOf(masked).deeds.find((deed) => binding.has(deed));
  if (first !== undefined && best.shared.length === 0 && !best.tool.name.startsWith('search')) return true;
  const kinds = propertiesOf(best.tool).map(([property, schema]) => inventoryKind(schema) ?? property);
  return first === 'delete' && mentions.length > 0 && !mentions.some(({ kind }) => kinds.includes(kind));
}

/** Nothing serves it. A word of the documents' own subjects still leads there. */
function documented(clause: Reading, { tools, inventory, now }: Request): Next {
  const bases = inventory.filter(({ kind }) => kind === 'knowledge-base');
  const subjects = bases.flatMap(({ name }) => wordsOf(name.toLowerCase())).filter((word) => word.length > 3);
  const isSubject = wordsOf(clause.folded).some((word) => subjects.includes(word));
  const isQuestion = meaningOf(clause.masked).deeds.every((deed) => !binding.has(deed));
  const search = isSubject && isQuestion ? tools.filter(({ tool }) => tool.name.startsWith('search')) : [];
  const [found] = rankTools(search, { reading: clause, inventory, now, focus: [] });
  return found ? { call: callOf(found, found.filled.args, clause) } : { plan: { kind: 'refuse', reason: beyond } };
}

function questionFor({ tool }: Candidate, missing: readonly string[]): string {
  const what = missing.map((property) => property.replaceAll(/([A-Z])/g, ' $1').toLowerCase()).join(' and ');
  return what === '' ? 'Which one do you mean?' : `Which ${what} do you mean? (${tool.description.replace(/\.$/, '')})`;
}

/** The same again, or less of it: `find the report; where is it?`. */
function isRepeat({ agent, tool, args }: PlannedCall, before: readonly PlannedCall[]): boolean {
  const isIn = (others: PlannedCall['args']) =>
    Object.entries(args).every(([name, value]) => JSON.stringify(others[name]) === JSON.stringify(value));
  return before.some((other) => other.tool === tool && other.agent === agent && isIn(other.args));
}
