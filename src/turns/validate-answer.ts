import type { ModelCall, ModelResponse } from '../models/language-model.ts';
import type { Offer } from './agent-registry.ts';
import { checkArguments } from './arguments.ts';
import type { Call } from './journal.ts';

/** A call as decided, before its place in the journal gives it an id and a key. */
export interface DecidedCall extends Pick<Call, 'tool' | 'effect'> {
  /** Canonical JSON, defaults applied. */
  readonly arguments: string;
}

export type Validated =
  | { readonly ok: true; readonly calls: readonly DecidedCall[] }
  /** What was wrong, for the model and for the journal. */
  | { readonly ok: false; readonly rejected: string };

/** The calls of one decision together may not fill the journal. */
const maxArgumentsCharacters = 32_768;

/** Takes an answer whole or not at all. */
export function validateAnswer(response: ModelResponse, offer: Offer, maxCalls: number): Validated {
  const refused = refusal(response, maxCalls);
  if (refused !== undefined) return { ok: false, rejected: refused };
  const calls: DecidedCall[] = [];
  for (const call of response.calls) {
    const checked = checkCall(call, offer);
    if (typeof checked === 'string') return { ok: false, rejected: checked };
    calls.push(checked);
  }
  const characters = calls.reduce((total, call) => total + call.arguments.length, 0);
  if (characters > maxArgumentsCharacters) {
    return {
      ok: false,
      rejected: `the arguments are ${characters} characters in all, ${maxArgumentsCharacters} are allowed`,
    };
  }
  return { ok: true, calls };
}

function refusal({ text, calls, finish }: ModelResponse, maxCalls: number): string | undefined {
  if (finish === 'length') return 'it was cut off at the limit of output tokens';
  if (finish === 'content-filter') return 'the endpoint’s content filter cut it';
  if (calls.length === 0 && text.trim() === '') return 'it was empty';
  if (calls.length > maxCalls) return `it asked for ${calls.length} calls at once, ${maxCalls} are allowed`;
  const ids = calls.map((call) => call.id).filter((id) => id !== '');
  if (new Set(ids).size < ids.length) return 'two calls had the same id';
  return undefined;
}

function checkCall(call: ModelCall, offer: Offer): DecidedCall | string {
  const offered = offer.tools.get(call.tool);
  if (!offered) {
    const name = JSON.stringify(call.tool.slice(0, 64));
    return `there is no tool ${name}; offered are: ${[...offer.tools.keys()].join(', ') || 'none'}`;
  }
  const checked = checkArguments(offered.input, call.arguments);
  if (!checked.ok) return `${call.tool}: ${checked.problem}`;
  const effect = offered.kind === 'delegate' ? 'delegate' : offered.tool.effect;
  return { tool: call.tool, effect, arguments: checked.canonical };
}
