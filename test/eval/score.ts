import type { Call, Expectation, ExpectedCall, Item, Prediction } from './utterance-set.ts';

export interface Score {
  readonly items: number;
  readonly route: number;
  readonly tool: number;
  readonly slotF1: number;
}

interface Verdict {
  readonly route: boolean;
  readonly tool: boolean;
  readonly right: number;
  readonly wrong: number;
  readonly missed: number;
}

/** Shares of items with the right agent, of items with the right tool, and slot F1 (micro) over all. */
export function scoreOf(items: readonly Item[], predictions: ReadonlyMap<string, Prediction>): Score {
  const verdicts = items.map((item) => judge(item, predictions.get(item.id)));
  const share = (test: (verdict: Verdict) => boolean) => verdicts.filter(test).length / Math.max(1, verdicts.length);
  const total = (part: 'right' | 'wrong' | 'missed') => verdicts.reduce((sum, verdict) => sum + verdict[part], 0);
  const f1 = (2 * total('right')) / Math.max(1, 2 * total('right') + total('wrong') + total('missed'));
  return { items: items.length, route: share(({ route }) => route), tool: share(({ tool }) => tool), slotF1: f1 };
}

export function judge(item: Item, prediction: Prediction | undefined): Verdict {
  const made = prediction === undefined ? [] : (prediction.steps ?? [prediction]);
  const verdicts = readings(item.expect).map((expected) => judgeReading(expected, made));
  return (
    verdicts.toSorted(
      (a, b) => Number(b.tool) - Number(a.tool) || b.right - b.wrong - b.missed - (a.right - a.wrong - a.missed),
    )[0] ?? nothing
  );
}

const nothing: Verdict = { route: false, tool: false, right: 0, wrong: 0, missed: 0 };
const lookUp = /^(?:list|get|find|stat|search|diagnose|read|profile)_/;

/** Every sequence of calls that counts as right. */
function readings(expectation: Expectation): readonly (readonly ExpectedCall[])[] {
  if ('anyOf' in expectation) return expectation.anyOf.flatMap(readings);
  if (!('steps' in expectation)) return [[expectation]];
  return expectation.steps
    .map(readings)
    .reduce<readonly (readonly ExpectedCall[])[]>(
      (all, choices) => all.flatMap((begun) => choices.map((choice) => [...begun, ...choice])),
      [[]],
    );
}

function judgeReading(expected: readonly ExpectedCall[], made: readonly Call[]): Verdict {
  const matched: Call[] = [];
  const others = [...made];
  for (const { agent, tool } of expected) {
    const index = others.findIndex((call) => call.agent === agent && call.tool === tool);
    if (index < 0) break;
    matched.push(...others.slice(index, index + 1));
    others.splice(0, index + 1);
  }
  const extra = made.filter((call) => !matched.includes(call));
  const tool =
    matched.length === expected.length &&
    (expected.length > 1
      ? extra.length <= 2 && extra.every((call) => lookUp.test(call.tool))
      : made.at(-1) === matched[0]);
  const slots = expected.map((call, index) => compareSlots(call, tool ? matched[index] : undefined));
  const sum = (part: 'right' | 'wrong' | 'missed') => slots.reduce((total, slot) => total + slot[part], 0);
  const wrongTool = tool ? 0 : made.reduce((total, { args }) => total + leavesOf(args).length, 0);
  const agents = new Set(made.map(({ agent }) => agent));
  return {
    route: expected.every(({ agent }) => agents.has(agent)),
    tool,
    right: sum('right'),
    wrong: sum('wrong') + wrongTool,
    missed: sum('missed'),
  };
}

interface Slots {
  readonly right: number;
  readonly wrong: number;
  readonly missed: number;
}

function compareSlots({ args, resolved }: ExpectedCall, made: Call | undefined): Slots {
  const variants = [args, ...(resolved === undefined ? [] : [resolved.args ?? resolved])];
  if (!made) return { right: 0, wrong: 0, missed: leavesOf(args).length };
  const results = variants.map((variant) => {
    const wanted = leavesOf(variant);
    const given = new Map(leavesOf(made.args));
    const right = wanted.filter(([slot, value]) => given.has(slot) && isSame(value, given.get(slot))).length;
    const wrong = wanted.filter(([slot, value]) => given.has(slot) && !isSame(value, given.get(slot))).length;
    return { right, wrong, missed: wanted.length - right };
  });
  return results.toSorted((a, b) => b.right - b.missed - (a.right - a.missed))[0] ?? { right: 0, wrong: 0, missed: 0 };
}

function leavesOf(args: Readonly<Record<string, unknown>>): readonly (readonly [string, unknown])[] {
  return Object.entries(args).flatMap(([slot, value]) =>
    slot === 'params' && typeof value === 'object' && value !== null
      ? Object.entries(value).map(([name, entry]) => [`params.${name}`, entry] as const)
      : [[slot, value] as const],
  );
}

function isSame(wanted: unknown, given: unknown): boolean {
  if (typeof wanted === 'object' && wanted !== null && 'oneOf' in wanted)
    return (wanted.oneOf as unknown[]).some((choice) => isSame(choice, given));
  if (Array.isArray(wanted) && Array.isArray(given))
    return wanted.length === given.length && wanted.every((entry) => given.some((other) => isSame(entry, other)));
  return plain(wanted) === plain(given);
}

function plain(value: unknown): string {
  const text = (typeof value === 'string' ? value : JSON.stringify(value))
    .trim()
    .toLowerCase()
    .replaceAll('_', '-')
    .replace(/^s3:\/\//, '')
    .replace(/^v(?=\d)/, '');
  const day = /^(\d{4}-\d{2}-\d{2})t/.exec(text)?.[1];
  return (
    day ??
    text
      .replace(/^canceled$/, 'cancelled')
      .replace(/^0 (?=(?:\S+ ){4}\S+$)/, '')
      .replaceAll(/\s/g, '')
  );
}
