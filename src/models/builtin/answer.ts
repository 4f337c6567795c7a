/** What a tool message holds: `{summary, data}` or `{error}`. */
export interface Outcome {
  readonly tool: string;
  readonly summary: string;
  readonly data: unknown;
  readonly error?: { readonly code: string; readonly message: string; readonly hint?: string };
}

/** Begins every answer about a failed call, so that a supervisor knows not to go on. */
export const failurePrefix = 'That did not work: ';

export function outcomeOf(tool: string, content: string): Outcome {
  const value = parsed(content);
  if (!isRecord(value)) return { tool, summary: content, data: undefined };
  const { summary, data, error } = value;
  const failure = isRecord(error) ? error : undefined;
  return {
    tool,
    summary: typeof summary === 'string' ? summary : '',
    data,
    ...(failure && {
      error: {
        code: textOf(failure['code']),
        message: textOf(failure['message']),
        ...(typeof failure['hint'] === 'string' && { hint: failure['hint'] }),
      },
    }),
  };
}

/** The reply: what was asked for first, then what each call brought. */
export function answerFrom(question: string, outcomes: readonly Outcome[]): string {
  const failed = outcomes.find(({ error }) => error !== undefined);
  const said = outcomes.filter(({ error }) => error === undefined).map((outcome) => described(outcome));
  const asked = outcomes.flatMap(({ data }) => valuesAsked(question, data));
  const failure =
    failed?.error === undefined
      ? []
      : [
          `${failurePrefix}${sentence(failed.error.message)}${failed.error.hint === undefined ? '' : ` ${sentence(failed.error.hint)}`}`,
        ];
  const lines = [...failure, ...new Set([...asked, ...said])].filter((line) => line !== '');
  return lines.length > 0 ? lines.join('\n') : 'Done.';
}

/** The run that a result speaks of first. */
export function runIn({ data, summary }: Outcome): string | undefined {
  const run = isRecord(data) ? (data['run'] ?? data['name']) : undefined;
  const name = isRecord(run) ? run['name'] : run;
  if (typeof name === 'string') return name;
  return /(?:[Rr]un|PipelineRun)\s+[`"'“]?([\p{L}\p{N}][\p{L}\p{N}_.-]*[\p{L}\p{N}])/u.exec(summary)?.[1];
}

function described({ summary, data }: Outcome): string {
  const rows = listIn(data);
  const lines = rows
    .slice(0, 20)
    .map((row) => lineOf(row))
    .filter((line) => line !== '' && !summary.includes(line.slice(2)));
  const names = rows.map((row) => (isRecord(row) ? textOf(row['name']) : '')).filter((name) => name !== '');
  const isTold = names.length > 0 && names.every((name) => summary.includes(name));
  return [summary, ...(isTold ? [] : lines)].join('\n');
}

function listIn(data: unknown): readonly unknown[] {
  if (Array.isArray(data)) return data;
  if (!isRecord(data)) return [];
  return (
    Object.values(data).find(
      (value): value is unknown[] => Array.isArray(value) && value.length > 0 && isRecord(value[0]),
    ) ?? []
  );
}

function lineOf(row: unknown): string {
  if (!isRecord(row)) return `- ${textOf(row)}`;
  if (Array.isArray(row['lines']))
    return `${textOf(row['task'])}:\n${row['lines'].map((line) => textOf(line)).join('\n')}`;
  if (typeof row['text'] === 'string') return `${row['text']}${typeof row['n'] === 'number' ? ` [${row['n']}]` : ''}`;
  const facts = Object.entries(row).filter(
    ([key, value]) => key !== 'name' && ['string', 'number', 'boolean'].includes(typeof value),
  );
  const name = textOf(row['name'] ?? row['key'] ?? row['title']);
  return `- ${name}${
    facts.length > 0
      ? `: ${facts
          .slice(0, 5)
          .map(([key, value]) => `${key} ${textOf(value)}`)
          .join(', ')}`
      : ''
  }`;
}

/** `accuracy` in the question and in the results: the number goes first. */
function valuesAsked(question: string, data: unknown): readonly string[] {
  if (!isRecord(data)) return [];
  const listed = [data['metrics'], data['results']].flatMap((value): unknown[] => (Array.isArray(value) ? value : []));
  const pairs = listed.filter(isRecord).map((row) => [textOf(row['name']), row['value']] as const);
  const mapped = [data['results'], data['metrics']].filter(isRecord).flatMap((values) => Object.entries(values));
  const words = question.toLowerCase();
  const asked = [...pairs, ...mapped].filter(
    ([name]) =>
      name !== '' &&
      words.includes(name.toLowerCase().replaceAll(/[_-]/g, ' ')) &&
      !words.includes(`${name.toLowerCase()}=`),
  );
  const of = typeof data['run'] === 'string' ? ` of run ${data['run']}` : '';
  return asked.map(([name, value]) => `The ${name}${of} is ${textOf(value).trim()}.`);
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object that a text holds as JSON; undefined when it holds none. */
export function parsedRecord(text: string): Record<string, unknown> | undefined {
  const value = parsed(text);
  return isRecord(value) ? value : undefined;
}
