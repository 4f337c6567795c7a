import type { InventoryEntry } from '../language-model.ts';
import { inventoryKind, propertiesOf } from './arguments.ts';
import { clausesOf } from './clauses.ts';
import { asks, domains, phrases } from './lexicon.ts';
import { type Mention, mentionOf, pointsBack, read, type Reading } from './mentions.ts';
import { type Candidate, meaningOf, type Offered, rankTools } from './ranking.ts';
import { wordsOf } from './text.ts';

export interface PlannedCall {
  readonly agent: string;
  readonly tool: string;
  /** A value may be `startedRun`. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly writes: boolean;
  /** The words that asked for it. */
  readonly words: string;
}

/** Stands for the name of the run that an earlier call of the plan starts. */
export const startedRun = '<the run started before>';

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
  readonly history: readonly { readonly role: 'user' | 'assistant'; readonly text: string }[];
  readonly tools: readonly Offered[];
  readonly inventory: readonly InventoryEntry[];
  readonly now: Date;
}

/** Below this no tool serves the request. */
const leastScore = 1.6;
/** Deeds that only a tool meant for them may answer. */
const binding = new Set(['delete', 'move', 'unlock', 'pause', 'resume', 'stop', 'upload', 'create', 'copy', 'put']);

export function planRequest(request: Request): Plan {
  const reading = read(request.text, request.inventory);
  const social = socialPlan(reading);
  if (social) return social;
  if (isUnsafe(reading)) {
    return {
      kind: 'refuse',
      reason:
        'I do not do that: it touches secrets, safeguards, or more than one named thing at once. Name one thing, or ask an administrator.',
    };
  }
  const calls: PlannedCall[] = [];
  for (const clause of clausesOf(reading)) {
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
  if (mentions.length > 0) return undefined;
  if (
    phrases.help.test(masked) &&
    (count <= 3 || !/help (?:with|find)/.test(masked)) &&
    count < 13 &&
    !domains['docs']?.test(masked)
  )
    return { kind: 'help' };
  const { deeds, things } = meaningOf(masked);
  const isAlone = deeds.length === 0 && things.length === 0;
  return phrases.smalltalk.test(masked) && count < 12 && isAlone ? { kind: 'smalltalk' } : undefined;
}

function isUnsafe({ masked }: Reading): boolean {
  const isQuestion = phrases.readsSecret.test(masked) && asks.docs.test(masked);
  return phrases.unsafe.test(masked) && !isQuestion;
}

type Next = { readonly call: PlannedCall } | { readonly plan: Plan };

function planClause(said: Reading, before: readonly PlannedCall[], request: Request): Next {
  const { given = '' } = request;
  const clause = given === '' ? said : read(`${said.text} ${given}`, request.inventory);
  const focus = [...before.toReversed().flatMap((call) => mentionsIn(call, request)), ...spokenOf(request)];
  const isBack = pointsBack(clause);
  const borrowed =
    isBack && clause.mentions.every(({ kind }) => kind !== 'object')
      ? focus.filter(({ kind }) => kind === 'object').slice(0, 1)
      : [];
  const scene = { reading: clause, inventory: request.inventory, now: request.now, focus };
  const ranked = rankTools(request.tools, scene);
  const best = continued(ranked, clause, request) ?? reporting(ranked, before, clause) ?? ranked[0];
  if (!best) return { plan: { kind: 'refuse', reason: 'There is no tool here that could do that.' } };
  const filled =
    borrowed.length === 0
      ? best
      : (rankTools([best], { ...scene, reading: { ...clause, mentions: [...clause.mentions, ...borrowed] } })[0] ??
        best);
  const args = { ...filled.filled.args, ...fromBefore(best, { before, clause, args: filled.filled.args }) };
  const missing = filled.filled.missing.filter((property) => args[property] === undefined);
  if (args['run'] !== startedRun && isBeyond(best, clause)) return beyond(clause, request);
  if (
    missing.length > 0 ||
    (filled.filled.options.length > 0 &&
      args['run'] === undefined &&
      args['pipeline'] === undefined &&
      args['key'] === undefined)
  ) {
    return { plan: { kind: 'clarify', question: questionFor(best, missing), options: filled.filled.options } };
  }
  return {
    call: { agent: best.agent, tool: best.tool.name, args, writes: best.tool.writes, words: clause.text.trim() },
  };
}

/** `Run it and tell me the score`: what comes after a start, and names nothing else, asks about the new run. */
function reporting(
  ranked: readonly Candidate[],
  before: readonly PlannedCall[],
  clause: Reading,
): Candidate | undefined {
  const start = before.findLast(startsRun);
  const asksOnly = meaningOf(clause.masked).deeds.every((deed) => deed === 'diagnose' || deed === 'draw');
  if (start === undefined || !asksOnly || clause.mentions.length > 0) return undefined;
  const about = ranked.filter(
    ({ agent, tool }) =>
      agent === start.agent && !tool.writes && propertiesOf(tool).some(([property]) => property === 'run'),
  );
  const [best] = about;
  return best && best.score >= leastScore ? best : (about.find(({ tool }) => tool.name === 'get_run') ?? best);
}

function startsRun({ tool, writes }: PlannedCall): boolean {
  return writes && /^(?:run_|rerun|retry)/.test(tool);
}

/** `And what about x?`: too few words of its own, so it is the question before, about something else. */
function continued(
  ranked: readonly Candidate[],
  clause: Reading,
  { history, ...request }: Request,
): Candidate | undefined {
  const isShort = wordsOf(clause.masked).length <= 6 && meaningOf(clause.masked).deeds.length === 0;
  const index = history.findLastIndex(({ role }) => role === 'user');
  const isFollowing =
    /^\W*(?:and|what about|how about|same|also|now|und|et|y|και|e)(?!\p{L})/u.test(clause.masked) ||
    wordsOf(clause.masked).length <= 1;
  if (!isShort || !isFollowing || index < 0 || clause.mentions.length === 0) return undefined;
  const earlier = planRequest({ ...request, text: history[index]?.text ?? '', history: history.slice(0, index) });
  const last = earlier.kind === 'calls' ? earlier.calls.at(-1) : undefined;
  const again = ranked.filter(({ tool, filled }) => tool.name === last?.tool && filled.missing.length === 0);
  return (
    again.find(({ agent }) => clause.mentions.some((mention) => mention.agent === agent)) ??
    again.find(({ agent }) => agent === last?.agent)
  );
}

/** What the conversation spoke of, newest first. */
function spokenOf({ history, inventory }: Request): readonly Mention[] {
  return history
    .slice(-6)
    .toReversed()
    .flatMap(({ text }) => read(text, inventory).mentions.toReversed());
}

/** What an earlier call of the plan speaks of or makes; a copy is what counts from then on. */
function mentionsIn({ agent, args }: PlannedCall, { tools, inventory }: Request): readonly Mention[] {
  const bucket = args['toBucket'] ?? args['bucket'];
  const key = args['toKey'] ?? args['key'];
  const object =
    typeof key === 'string' && typeof bucket === 'string'
      ? [{ kind: 'object', agent, name: key, bucket, start: 0, end: 0 }]
      : [];
  const kinds = ['pipeline', 'run', 'experiment', 'schedule', 'bucket'].filter(
    (kind) => typeof args[kind] === 'string' && tools.length > 0,
  );
  return [
    ...object,
    ...kinds.map((kind) => {
      const entry = inventory.find(
        (other) => other.kind === kind && other.name === args[kind] && other.agent === agent,
      );
      return entry ? mentionOf(entry) : { kind, agent, name: args[kind] as string, start: 0, end: 0 };
    }),
  ];
}

/** Arguments that earlier calls of the plan give: the run they start, the thing they make, the text they bring. */
function fromBefore(
  best: Candidate,
  {
    before,
    clause,
    args,
  }: { before: readonly PlannedCall[]; clause: Reading; args: Readonly<Record<string, unknown>> },
): Record<string, unknown> {
  const last = before.at(-1);
  if (last === undefined) return {};
  const properties = propertiesOf(best.tool);
  const given: Record<string, unknown> = {};
  const namesRun = clause.mentions.some(({ kind }) => kind === 'run' || kind === 'pipeline');
  const starts = before.some(startsRun);
  if (starts && !namesRun && properties.some(([property]) => property === 'run')) given['run'] = startedRun;
  for (const [property, schema] of properties) {
    const kind = inventoryKind(schema);
    const made = before.findLast(
      ({ tool, args: values }) =>
        tool.startsWith('create') && kind !== undefined && tool.endsWith(kind) && values[kind] !== undefined,
    );
    if (made && kind !== undefined && args[property] === undefined) given[property] = made.args[kind];
    if (property === 'content' && args[property] === undefined) given[property] = resultBefore;
    if (
      property === 'version' &&
      last.tool.startsWith('upload') &&
      args['pipeline'] === last.args['pipeline'] &&
      last.args['version'] !== undefined
    )
      given[property] ??= last.args['version'];
  }
  return given;
}

/** Stands for what the call before brought. */
export const resultBefore = '<the result before>';

/** Whether not even the best tool does what is asked, or takes what is named. */
function isBeyond(best: Candidate, { masked, mentions }: Reading): boolean {
  if (best.score < leastScore) return true;
  const [first] = meaningOf(masked).deeds.filter((deed) => binding.has(deed));
  if (first !== undefined && best.shared.length === 0 && !best.tool.name.startsWith('search')) return true;
  const kinds = propertiesOf(best.tool).map(([property, schema]) => inventoryKind(schema) ?? property);
  return first === 'delete' && mentions.length > 0 && !mentions.some(({ kind }) => kinds.includes(kind));
}

/** Nothing serves it. A word of the documents' own subjects still leads there. */
function beyond(clause: Reading, { tools, inventory }: Request): Next {
  const search = tools.find(({ tool }) => tool.name.startsWith('search'));
  const subjects = inventory
    .filter(({ kind }) => kind === 'knowledge-base')
    .flatMap(({ name }) => wordsOf(name.toLowerCase()));
  const isSubject = wordsOf(clause.folded).some((word) => word.length > 3 && subjects.includes(word));
  const asksBack = meaningOf(clause.masked).deeds.every((deed) => !binding.has(deed));
  if (search && isSubject && asksBack) {
    const [found] = rankTools([search], { reading: clause, inventory, now: new Date(0), focus: [] });
    if (found)
      return {
        call: {
          agent: search.agent,
          tool: search.tool.name,
          args: found.filled.args,
          writes: false,
          words: clause.text.trim(),
        },
      };
  }
  return {
    plan: {
      kind: 'refuse',
      reason:
        'None of the tools here can do that. I can look at pipelines, runs, data and documentation, and start, stop or change what these tools serve.',
    },
  };
}

function questionFor({ tool }: Candidate, missing: readonly string[]): string {
  const what = missing.map((property) => property.replaceAll(/([A-Z])/g, ' $1').toLowerCase()).join(' and ');
  return what === '' ? 'Which one do you mean?' : `Which ${what} do you mean? (${tool.description.replace(/\.$/, '')})`;
}

function isContained(args: PlannedCall['args'], others: PlannedCall['args']): boolean {
  return Object.entries(args).every(([name, value]) => JSON.stringify(others[name]) === JSON.stringify(value));
}

/** The same again, or less of it: `find the report; where is it?`. */
function isRepeat(call: PlannedCall, before: readonly PlannedCall[]): boolean {
  return before.some(
    (other) => other.tool === call.tool && other.agent === call.agent && isContained(call.args, other.args),
  );
}
