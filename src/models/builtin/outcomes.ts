import type { InventoryEntry } from '../language-model.ts';
import { read } from './mentions.ts';
import { type Coming, comingIn, type PlannedCall } from './focus.ts';

/** What a tool message holds: `{summary, data}` or `{error}`. */
export interface Outcome {
  readonly summary: string;
  readonly data: Fields;
  /** What went wrong, in whole sentences. */
  readonly failure?: string;
}

export type Fields = Readonly<Record<string, unknown>>;

/** Begins every answer about a failed call, so that a supervisor knows not to go on. */
const failurePrefix = 'That did not work: ';

export function outcomeOf(content: string): Outcome {
  const { summary = content, data, error } = fieldsIn(content);
  const sentences = [fieldsOf(error)['message'], fieldsOf(error)['hint']].map(textOf).filter((text) => text !== '');
  const failure = sentences.map((text) => (/[.!?]$/.test(text) ? text : `${text}.`)).join(' ');
  const said = Array.isArray(data) ? { items: data } : fieldsOf(data);
  return { summary: failure === '' ? textOf(summary) : '', data: said, ...(failure !== '' && { failure }) };
}

export function hasFailed({ failure, summary }: Outcome): boolean {
  return failure !== undefined || summary.startsWith(failurePrefix);
}

/** The arguments with what earlier calls brought; undefined when they brought nothing, or too much to choose from. */
export function withOutcomes(
  { args, writes }: Pick<PlannedCall, 'args' | 'writes'>,
  outcomes: readonly Outcome[],
  inventory: readonly InventoryEntry[],
): Fields | undefined {
  const text = JSON.stringify(args);
  const found = comingIn(text).map((coming) => {
    const brought = outcomes.toReversed().map((outcome) => namesIn(outcome, coming, inventory));
    const names = new Set(brought.find(({ length }) => length > 0));
    return [coming.sign, names.size > 1 && writes ? undefined : [...names][0]] as const;
  });
  if (found.some(([, name]) => name === undefined)) return undefined;
  const quoted = (name = '') => JSON.stringify(name).slice(1, -1);
  return fieldsIn(found.reduce((all, [sign, name]) => all.replaceAll(sign, () => quoted(name)), text));
}

/** Things of a kind that a result speaks of: in its data, else in its words. */
function namesIn(
  { data, summary }: Outcome,
  { kind }: Coming,
  inventory: readonly InventoryEntry[],
): readonly string[] {
  if (kind === 'text') return [summary];
  const isPath = kind === 'object' || kind === 'bucket';
  const list = data[isPath ? 'objects' : `${kind}s`];
  if (Array.isArray(list))
    return list.map((row) => textOf(fieldsOf(row)[kind === 'object' ? 'key' : isPath ? kind : 'name']));
  if (isPath) {
    const paths = read(summary, inventory).mentions.filter(({ bucket }) => bucket !== undefined);
    return paths.map(({ name, bucket = '' }) => (kind === 'object' ? name : bucket));
  }
  const one = data[kind] ?? data['name'];
  const said = new RegExp(`${kind} [\`"'“]?([\\p{L}\\p{N}][\\p{L}\\p{N}_.-]*[\\p{L}\\p{N}])`, 'iu').exec(summary)?.[1];
  return [textOf(fieldsOf(one)['name'] ?? one ?? said)].filter((name) => name !== '');
}

/** The reply: what was asked for first, then what each call brought. */
export function answerFrom(question: string, outcomes: readonly Outcome[]): string {
  const failed = outcomes.flatMap(({ failure }) => (failure === undefined ? [] : [`${failurePrefix}${failure}`]));
  const asked = outcomes.flatMap(({ data }) => valuesAsked(question, data));
  const lines = [...failed, ...asked, ...outcomes.map(described)].flatMap((text) => text.split('\n'));
  const told = [...new Set(lines)]
    .filter((line) => line.trim() !== '')
    .toSorted((a, b) => Number(answers.test(b)) - Number(answers.test(a)));
  const brief = told.map((line) => withoutTold(line, told)).filter((line) => line !== '');
  return brief.length > 0 ? brief.join('\n') : 'Done.';
}

/** What an agent answers to the question stands first too. */
const answers = /^The \S+ of run \S+ is /;
const reports = /^Run \S+ reported /;

/** The values of a run are told once: as the answer, else as its report, else with its end. */
function withoutTold(line: string, lines: readonly string[]): string {
  // `Run x failed.` adds nothing to `Run x failed; cause …`.
  if (lines.some((other) => other.startsWith(`${line.replace(/\.$/, '')};`))) return '';
  const asked = lines.flatMap((other) => /^The (\S+) of run \S+ is /.exec(other)?.[1] ?? []);
  const isAnswered = asked.some((name) => line.includes(`${name}=`) || line.includes(`${name} `));
  if (reports.test(line)) return isAnswered ? '' : line;
  return isAnswered || lines.some((other) => reports.test(other)) ? line.replace(/; results: .*$/, '.') : line;
}

/** The summary, and the rows of the data that it does not tell. */
function described({ summary, data }: Outcome): string {
  // What cites passages is an answer as it is.
  if (/\[\d+\]/.test(summary)) return summary;
  const lists = Object.values(data).filter((value): value is unknown[] => Array.isArray(value));
  const rows = (lists.find(([first]) => Object.keys(fieldsOf(first)).length > 0) ?? []).slice(0, 20).map(fieldsOf);
  const untold = rows.filter((row) => nameOf(row) === '' || !summary.includes(nameOf(row)));
  return [summary, ...untold.map(lineOf)].join('\n');
}

/** A log with its lines, a text, or a name with the plain facts about it. */
function lineOf(row: Fields): string {
  if (Array.isArray(row['lines'])) return [`${nameOf(row)}:`, ...row['lines'].map(textOf)].join('\n');
  const facts = Object.entries(row).filter(([key, value]) => !naming.includes(key) && typeof value !== 'object');
  const told = facts.slice(0, 5).map(([key, value]) => `${key} ${textOf(value)}`);
  return `- ${[nameOf(row), told.join(', ')].filter((text) => text !== '').join(': ')}`;
}

const naming = ['name', 'key', 'title', 'task', 'bucket'];

/** Of an object its whole path. */
function nameOf(row: Fields): string {
  const name = textOf(naming.map((field) => row[field]).find((value) => value !== undefined));
  return row['key'] === undefined || row['bucket'] === undefined ? name : `${textOf(row['bucket'])}/${name}`;
}

/** `accuracy` in the question and in the results: the number goes first. */
export function valuesAsked(request: string, data: Fields): readonly string[] {
  const question = request.toLowerCase();
  const values = [data['metrics'], data['results']].flatMap((list) =>
    Array.isArray(list)
      ? list.map((row) => [fieldsOf(row)['name'], fieldsOf(row)['value']])
      : Object.entries(fieldsOf(list)),
  );
  const of = typeof data['run'] === 'string' ? ` of run ${data['run']}` : '';
  return values.flatMap(([name, value]) => {
    const words = textOf(name).toLowerCase();
    const isAsked =
      words !== '' && question.includes(words.replaceAll(/[_-]/g, ' ')) && !question.includes(`${words}=`);
    return isAsked ? [`The ${textOf(name)}${of} is ${textOf(value).trim()}.`] : [];
  });
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
}

/** Empty when the value is no object. */
function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** The object that a text holds as JSON; empty when it holds none. */
export function fieldsIn(text: string): Fields {
  try {
    return fieldsOf(JSON.parse(text));
  } catch {
    return {};
  }
}
