import type { ToolSchema } from '../language-model.ts';
import { type Filled, fillArguments, inventoryKind, propertiesOf, type Scene } from './arguments.ts';
import { asks, deeds, domains, occurrences, things } from './lexicon.ts';
import { cronIn } from './moments.ts';
import { fold, stem, wordsOf } from './text.ts';

/** A tool together with the agent that has it. */
export interface Offered {
  readonly agent: string;
  readonly tool: ToolSchema;
}

export interface Candidate extends Offered {
  readonly score: number;
  readonly filled: Filled;
  /** Deeds that the text asks for and the tool does. */
  readonly shared: readonly string[];
}

/** What a text asks for, or what a tool is for, in the same terms. */
export interface Meaning {
  readonly deeds: readonly string[];
  readonly asks: readonly string[];
  readonly things: readonly string[];
}

/** What is stopped runs, what is diagnosed or tried again has failed. */
const impliedStates: Readonly<Record<string, readonly string[]>> = {
  stop: ['Running', 'Pending'],
  diagnose: ['Failed'],
  again: ['Failed'],
};

export function meaningOf(masked: string): Meaning {
  const found = occurrences(deeds, masked).toSorted((a, b) => a.index - b.index);
  const isQuestion = /^(?:.{0,40}\p{L}[, ]+)?(?:what|which|before|welche|quel|que |cuales|quali|ποι)/u.test(masked);
  // `Which pipelines can I start?` asks, it starts nothing.
  const names = found.map(({ name }) => name).filter((name) => name !== 'start' || !isQuestion);
  const about = occurrences(things, masked).map(({ name }) => name);
  // Looking for runs is listing them; files are found.
  const isListed =
    about.some((thing) => ['run', 'pipeline', 'experiment', 'schedule'].includes(thing)) && !about.includes('object');
  const said = [
    ...occurrences(asks, masked).map(({ name }) => name),
    ...(isListed && names.includes('find') ? ['list'] : []),
  ];
  const meant = isListed ? names.filter((name) => name !== 'find') : names;
  const recurs = said.includes('recur') && cronIn(masked) !== undefined;
  return {
    deeds:
      startsBare(masked) && meant.length === 0
        ? ['start']
        : recurs
          ? ['recur', ...meant.filter((name) => !['start', 'create', 'again'].includes(name))]
          : meant,
    asks: said,
    things: about,
  };
}

/** A tool for one format of file is the right one for such a file. */
function formatScore(purpose: Meaning, { args }: Filled): number {
  const isPdf = typeof args['key'] === 'string' && args['key'].endsWith('.pdf');
  return isPdf && purpose.things.includes('pdf') ? 2 : 0;
}

/** `nightly-build tag=1.2`: a pipeline and its values are meant as a command. */
function startsBare(masked: string): boolean {
  return /^\W*①\u2060*\s.*[\p{L}_]\s?=\s?\S/u.test(masked);
}

/** `rotate the certificates`: a command in the very words of a pipeline's name or description starts it. */
function withPipelineVerb(meaning: Meaning, { reading, inventory }: Omit<Scene, 'agent'>): Meaning {
  const [verb = ''] = wordsOf(reading.masked.replace(/^(?:\W|please|pls|can you|could you|now|just|then|and)+/u, ''));
  if (meaning.deeds.length > 0 || meaning.asks.length > 0 || verb.length < 4) return meaning;
  const pipelines = inventory.filter(({ kind }) => kind === 'pipeline');
  const isTheirs = pipelines.some(({ name, description = '' }) =>
    wordsOf(fold(`${name} ${description}`))
      .map(stem)
      .includes(stem(verb)),
  );
  return isTheirs ? { ...meaning, deeds: ['start'] } : meaning;
}

/** All tools, the best fit first. */
export function rankTools(offered: readonly Offered[], scene: Omit<Scene, 'agent'>): readonly Candidate[] {
  const meaning = withPipelineVerb(meaningOf(scene.reading.masked), scene);
  const likeness = likenessOf(offered, scene.reading.masked);
  const scored = offered.map(({ agent, tool }, index) => {
    const purpose = purposeOf(tool);
    const shared = meaning.deeds.filter((deed) => purpose.deeds.includes(deed));
    const states = shared.flatMap((deed) => impliedStates[deed] ?? []);
    const filled = fillArguments(tool, { ...scene, agent, ...(states.length > 0 && { impliedStates: states }) });
    const parts = [
      deedScore(meaning, purpose),
      thingScore(meaning, purpose, tool),
      mentionScore({ agent, tool }, scene),
      domainScore(agent, scene.reading.masked),
      2 * (likeness[index] ?? 0),
      -1.8 * Math.min(2, filled.missing.length),
      formatScore(purpose, filled),
      1.2 * Math.min(1, filled.told),
    ];
    return { agent, tool, filled, shared, score: parts.reduce((total, value) => total + value, 0) };
  });
  return scored.toSorted((a, b) => b.score - a.score);
}

const purposes = new WeakMap<ToolSchema, Meaning>();

/** What a tool is for follows from its name; from its arguments where they say more. */
function purposeOf(tool: ToolSchema): Meaning {
  const known = purposes.get(tool);
  if (known) return known;
  const named = meaningOf(tool.name.replaceAll('_', ' '));
  const recurs = propertiesOf(tool).some(([property]) => property === 'cron');
  const purpose = recurs ? { ...named, deeds: ['recur', 'create'] } : named;
  purposes.set(tool, purpose);
  return purpose;
}

function deedScore(meaning: Meaning, purpose: Meaning): number {
  const shared = meaning.deeds.filter((deed) => purpose.deeds.includes(deed));
  const ignored = meaning.deeds.length - shared.length;
  const asked = meaning.asks.filter((ask) => purpose.asks.includes(ask));
  const [first] = shared;
  // A tool for another deed is a wrong answer, however well the rest fits.
  const done = first === undefined ? (purpose.deeds.length > 0 ? -3.5 : 0) : first === meaning.deeds[0] ? 4.7 : 4;
  const weights: Readonly<Record<string, number>> = { list: 1.5, get: 0.8 };
  const question = asked.reduce((total, ask) => total + (weights[ask] ?? 0), 0);
  return done - 1.1 * Math.min(2, ignored) + question + docsScore(meaning, purpose);
}

/** What a thing is, or how something is done, stands in documents; what exists does not. */
function docsScore({ asks: said }: Meaning, purpose: Meaning): number {
  const defines = said.includes('define');
  if (!purpose.asks.includes('docs')) return defines ? -2 : said.includes('docs') ? -0.5 : 0;
  return said.includes('docs') ? (defines ? 5 : 3) : -2.5;
}

function thingScore(meaning: Meaning, purpose: Meaning, tool: ToolSchema): number {
  const kinds = propertiesOf(tool).map(([property, schema]) => inventoryKind(schema) ?? property.replace(/s$/, ''));
  const about = purpose.things.filter((thing) => meaning.things.includes(thing)).length;
  const unsaid = purpose.things.filter((thing) => !meaning.things.includes(thing)).length;
  const foreign = purpose.asks.includes('docs')
    ? 0
    : meaning.things.filter((thing) => !purpose.things.includes(thing) && !kinds.includes(thing)).length;
  const inputs =
    meaning.things.includes('parameter') && tool.name.startsWith('get') && purpose.things.includes('pipeline') ? 2 : 0;
  const isOne = kinds.includes('run') && !tool.name.endsWith('s') && meaning.asks.includes('list') ? -1.5 : 0;
  return 1.6 * about - 0.9 * unsaid - 0.7 * foreign + inputs + isOne;
}

/** Names that exist decide more than words do. */
function mentionScore({ agent, tool }: Offered, { reading, inventory }: Omit<Scene, 'agent'>): number {
  const kinds = new Set(propertiesOf(tool).map(([, schema]) => inventoryKind(schema)));
  const takesValues = propertiesOf(tool).some(([property]) => property === 'params');
  const places = [...new Set(reading.mentions.map(({ start }) => start))];
  return places
    .map((place) => {
      const here = reading.mentions.filter(({ start, kind }) => start === place && kind !== 'namespace');
      if (here.length === 0) return 0;
      const own = here.filter((mention) => mention.agent === undefined || mention.agent === agent);
      if (own.some(({ kind }) => kinds.has(kind))) return 1.4;
      if (kinds.has('run') && own.some(({ kind }) => kind === 'pipeline')) return 0.7;
      if (here.some(({ kind }) => kind === 'object' && (takesValues || kinds.has('object')))) return 0.5;
      const isServed = own.length > 0 || !inventory.some((entry) => entry.agent === agent);
      return isServed ? -1.6 : -3.2;
    })
    .reduce((total: number, value) => total + value, 0);
}

function domainScore(agent: string, masked: string): number {
  const said = Object.keys(domains).filter((name) => domains[name]?.test(masked));
  // A bare pipeline or run is one of Kubeflow Pipelines, where both are offered.
  const habit = agent === 'kfp' ? 0.8 : 0;
  if (said.includes(agent)) return (agent === 'docs' && !/[②⑥]/.test(masked) ? 3.5 : 1.6) + habit;
  return said.some((name) => name === 'tekton' || name === 'kfp') && (agent === 'kfp' || agent === 'tekton')
    ? -0.8
    : habit;
}

/** How much the words resemble those of each tool's name, description and examples, 0 to 1 (BM25). */
function likenessOf(offered: readonly Offered[], masked: string): readonly number[] {
  const query = new Set(wordsOf(withKinds(masked)).map(stem));
  const documents = offered.map(({ tool }) => wordsIn(tool));
  const average = documents.reduce((total, words) => total + words.length, 0) / Math.max(1, documents.length);
  const scores = documents.map((words) => {
    let score = 0;
    for (const word of query) {
      const count = words.filter((other) => other === word).length;
      const holders = documents.filter((other) => other.includes(word)).length;
      const rarity = Math.log(1 + (documents.length - holders + 0.5) / (holders + 0.5));
      score += (rarity * count * 2.2) / (count + 1.2 * (0.25 + (0.75 * words.length) / average));
    }
    return score;
  });
  const best = Math.max(0.001, ...scores);
  return scores.map((score) => score / best);
}

const documentWords = new WeakMap<ToolSchema, readonly string[]>();

function wordsIn(tool: ToolSchema): readonly string[] {
  const known = documentWords.get(tool);
  if (known) return known;
  const words = wordsOf(fold([tool.name, tool.description, ...tool.examples].join(' '))).map(stem);
  documentWords.set(tool, words);
  return words;
}

const kindWords: Readonly<Record<string, string>> = {
  '①': ' pipeline ',
  '②': ' run ',
  '③': ' experiment ',
  '④': ' schedule ',
  '⑤': ' bucket ',
  '⑥': ' file ',
};

function withKinds(masked: string): string {
  return masked.replaceAll(/[①-⑨\u2060]/g, (sign) => kindWords[sign] ?? ' ');
}
