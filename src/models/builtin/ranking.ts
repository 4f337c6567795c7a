import type { ToolSchema } from '../language-model.ts';
import { type Filled, fillArguments, type Scene } from './arguments.ts';
import { domains, impliedStates, occurrences } from './lexicon.ts';
import { isPipelineOrder, type Meaning, meaningOf } from './meaning.ts';
import { type Mention, pointsBack, type Reading } from './mentions.ts';
import { inventoryKind, propertiesOf } from './schema.ts';
import { fold, remembered, stem, wordsOf } from '../../language/text.ts';

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

/** All tools, the best fit first: by what is asked, by what is named, and by how well the text fills their arguments. */
export function rankTools(offered: readonly Offered[], scene: Scene, core: Reading): readonly Candidate[] {
  const { reading, inventory, focus } = scene;
  const meaning = meantBy(core, scene);
  const likeness = likenessOf(offered, reading.masked);
  const scored = offered.map(({ agent, tool }, index) => {
    const purpose = purposeOf(tool);
    const shared = meaning.deeds.filter((deed) => purpose.deeds.includes(deed));
    const filled = fillArguments(
      { agent, tool },
      { ...scene, impliedStates: shared.flatMap((deed) => impliedStates[deed] ?? []) },
    );
    const parts = [
      deedScore(meaning, purpose, shared),
      askScore(meaning, purpose, tool),
      thingScore(meaning, purpose, tool),
      mentionScore(
        reading.mentions,
        { agent, tool },
        inventory.some((entry) => entry.agent === agent),
      ),
      domainScore(agent, reading.masked),
      2 * (likeness[index] ?? 0),
      fillScore(filled, tool),
      pointsBack(reading) && focus[0]?.agent === agent ? 0.8 : 0,
    ];
    return { agent, tool, filled, shared, score: parts.reduce((total, part) => total + part) };
  });
  return scored.toSorted((a, b) => b.score - a.score);
}

/** The deeds are those of the words that ask; the rest may stand in what is told around them. */
function meantBy(core: Reading, { reading, inventory }: Scene): Meaning {
  const whole = meaningOf(reading.masked);
  const [deeds = []] = [meaningOf(core.masked).deeds, whole.deeds].filter(({ length }) => length > 0);
  const isOrder =
    deeds.length === 0 && !whole.isQuestion && whole.asks.length === 0 && isPipelineOrder(reading, inventory);
  return { ...whole, deeds: isOrder ? ['start'] : deeds };
}

/** What a tool is for follows from its name; from its arguments where they say more. */
const purposeOf = remembered((tool: ToolSchema): Meaning => {
  const recurs = propertiesOf(tool).some(([property]) => property === 'cron');
  return { ...meaningOf(tool.name.replaceAll('_', ' ')), ...(recurs && { deeds: ['recur', 'create'] }) };
});

/** A tool for another deed is a wrong answer, however well the rest fits; `show me the notes` may open them. */
function deedScore({ deeds, asks }: Meaning, purpose: Meaning, shared: readonly string[]): number {
  const ignored = 1.4 * Math.min(2, deeds.length - shared.length);
  if (shared[0] !== undefined) return (shared[0] === deeds[0] ? 4.7 : 4) - ignored;
  if (deeds.length === 0 && purpose.deeds.includes('open') && asks.some((ask) => ask === 'get' || ask === 'list'))
    return 0.8;
  return (purpose.deeds.length > 0 ? -3.5 : 0) - ignored;
}

function askScore({ asks, isQuestion }: Meaning, purpose: Meaning, { writes }: ToolSchema): number {
  const [lists, gets] = ['list', 'get'].map((ask) => asks.includes(ask) && purpose.asks.includes(ask));
  // What a thing is, or how something is done, stands in documents; what exists does not.
  const isConcept = asks.some((ask) => ask === 'define' || ask === 'policy');
  const told = purpose.asks.includes('docs')
    ? asks.includes('docs')
      ? isConcept
        ? 5
        : 3
      : -2.5
    : isConcept
      ? -2
      : asks.includes('docs')
        ? -1
        : 0;
  return (lists ? 1.5 : 0) + (gets ? 0.8 : 0) + told - (isQuestion && writes ? 3 : 0);
}

function thingScore({ things, asks }: Meaning, purpose: Meaning, tool: ToolSchema): number {
  const kinds = propertiesOf(tool).map(([property, schema]) => inventoryKind(schema) ?? property.replace(/s$/, ''));
  const about = purpose.things.filter((thing) => things.includes(thing)).length;
  const foreign = things.filter((thing) => !purpose.things.includes(thing) && !kinds.includes(thing)).length;
  const isDescribed = things.includes('parameter') && /^get_\w*pipeline/.test(tool.name);
  const isOne = kinds.includes('run') && !tool.name.endsWith('s') && asks.includes('list');
  const rest = 1.1 * (purpose.things.length - about) + 0.7 * (purpose.asks.includes('docs') ? 0 : foreign);
  return 1.6 * about - rest + (isDescribed ? 2 : 0) - (isOne ? 1.5 : 0);
}

/** Names that exist decide more than words do. */
function mentionScore(mentions: readonly Mention[], { agent, tool }: Offered, hasInventory: boolean): number {
  const kinds = new Set(propertiesOf(tool).map(([property, schema]) => inventoryKind(schema) ?? property));
  const places = Map.groupBy(
    mentions.filter(({ kind }) => kind !== 'namespace'),
    ({ start }) => start,
  );
  const scores = [...places.values()].map((here) => {
    const own = here.filter((mention) => mention.agent === undefined || mention.agent === agent);
    if (own.some(({ kind }) => kinds.has(kind))) return 1.4;
    if (kinds.has('run') && own.some(({ kind }) => kind === 'pipeline')) return 0.7;
    if (here.some(({ kind }) => kind === 'object') && (kinds.has('params') || kinds.has('object'))) return 0.5;
    return own.length > 0 || !hasInventory ? -2.2 : -3.2;
  });
  return scores.reduce((total: number, score) => total + score, 0);
}

/** A bare pipeline or run is one of Kubeflow Pipelines, where both are offered. */
function domainScore(agent: string, masked: string): number {
  const said = occurrences(domains, masked);
  const habit = agent === 'kfp' ? 0.8 : agent === 'tekton' ? -0.8 : 0;
  if (said.includes(agent)) return (agent === 'docs' && !/[②⑥]/.test(masked) ? 3.5 : 1.6) + Math.max(0, habit);
  return habit === 0 || !said.some((name) => name === 'tekton' || name === 'kfp') ? habit : -0.8;
}

/** Arguments that nothing but the words of a request for them fills. */
const telling =
  /^(?:state|since|until|extension|minSize|metrics?|tailLines|grep|lines|pages|expiresIn|enabled|experiment)$/;

function fillScore({ args, missing, isTold, options }: Filled, { name }: ToolSchema): number {
  const extra = Object.keys(args).filter((name) => telling.test(name)).length;
  const params = Object.keys(args['params'] ?? {}).length;
  // A tool for one format of file is the right one for such a file.
  const isMade = typeof args['key'] === 'string' && name.endsWith(`_${args['key'].split('.').at(-1) ?? ''}`);
  return (
    (isMade ? 2 : 0) +
    Math.min(3, params) +
    0.5 * Math.min(3, extra) +
    (isTold || options.length > 0 ? 1.5 : 0) -
    2.3 * Math.min(2, missing.length)
  );
}

const kindWords: Readonly<Record<string, string>> = {
  ...{ '①': ' pipeline ', '②': ' run ', '③': ' experiment ', '④': ' schedule ', '⑤': ' bucket ', '⑥': ' file ' },
};

/** How much of the text, rare words first, stands in each tool's name, description and examples: 0 to 1. */
function likenessOf(offered: readonly Offered[], masked: string): readonly number[] {
  const said = new Set(wordsOf(masked.replaceAll(/[①-⑨\u2060]/g, (sign) => kindWords[sign] ?? ' ')).map(stem));
  const texts = offered.map(({ tool }) => wordsIn(tool));
  const scores = texts.map(() => 0);
  for (const word of said) {
    const holders = texts.filter((words) => words.has(word)).length;
    const rarity = Math.log(1 + texts.length / Math.max(1, holders));
    for (const [index, words] of texts.entries()) {
      const share = (words.get(word) ?? 0) / Math.sqrt(words.size);
      scores[index] = (scores[index] ?? 0) + rarity * Math.min(1, share * 3);
    }
  }
  const best = Math.max(0.001, ...scores);
  return scores.map((score) => score / best);
}

/** How often each word stands there. */
const wordsIn = remembered(({ name, description, examples }: ToolSchema): ReadonlyMap<string, number> => {
  const words = wordsOf(fold([name, description, ...examples].join(' '))).map(stem);
  return new Map([...Map.groupBy(words, (word) => word)].map(([word, all]) => [word, all.length]));
});
