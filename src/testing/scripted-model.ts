import type { LanguageModel, ModelRequest, ModelResponse } from '../models/language-model.ts';

/** What a scripted model answers: `arguments` may be an object or the exact JSON text; an Error is thrown. */
export type ScriptedReply =
  | Error
  | (Partial<Omit<ModelResponse, 'calls'>> & {
      readonly calls?: readonly { readonly id?: string; readonly tool: string; readonly arguments: unknown }[];
    });

export type Script = (request: ModelRequest, position: number) => ScriptedReply | Promise<ScriptedReply>;

/** A model that follows a list of replies or a function, and keeps what it was asked. A call beyond the list fails. */
export class ScriptedModel implements LanguageModel {
  readonly name = 'scripted';
  readonly requests: ModelRequest[] = [];
  readonly #script: Script;

  constructor(script: readonly ScriptedReply[] | Script) {
    this.#script =
      typeof script === 'function' ? script : (_request, position) => script[position] ?? unscripted(position);
  }

  async respond(request: ModelRequest): Promise<ModelResponse> {
    request.signal.throwIfAborted();
    const position = this.requests.push(request) - 1;
    const reply = await this.#script(request, position);
    if (reply instanceof Error) throw reply;
    const response = completed(reply);
    if (response.text !== '') request.onDelta?.(response.text);
    return response;
  }
}

function unscripted(position: number): Error {
  return new Error(`The script has no reply for model call ${position + 1}.`);
}

function completed(reply: Exclude<ScriptedReply, Error>): ModelResponse {
  const calls = (reply.calls ?? []).map((call, index) => ({
    id: call.id ?? `call_${index}`,
    tool: call.tool,
    arguments: typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments),
  }));
  return {
    text: reply.text ?? '',
    calls,
    usage: reply.usage ?? { inputTokens: 10, outputTokens: 5 },
    finish: reply.finish ?? (calls.length > 0 ? 'tool-calls' : 'stop'),
  };
}
