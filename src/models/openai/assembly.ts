import type { OpenAI } from 'openai';
import {
  ModelOutputError,
  type ModelCall,
  type ModelRequest,
  type ModelResponse,
  type Usage,
} from '../language-model.ts';
import { withoutOptionalNulls } from './tool-parameters.ts';

type Chunk = OpenAI.Chat.ChatCompletionChunk;
type CallDelta = OpenAI.Chat.ChatCompletionChunk.Choice.Delta.ToolCall;

interface CallParts {
  readonly index: number | undefined;
  id: string;
  tool: string;
  text: string;
}

const finishes: Readonly<Record<string, ModelResponse['finish']>> = {
  stop: 'stop',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
  length: 'length',
  content_filter: 'content-filter',
};

/** Puts the pieces of a streamed answer together. Reasoning texts are left out: they are neither answer nor call. */
export class Assembly {
  readonly #request: ModelRequest;
  readonly #calls: CallParts[] = [];
  #text = '';
  #finish: string | undefined;
  #usage: Usage | undefined;

  constructor(request: ModelRequest) {
    this.#request = request;
  }

  /** Takes one event and returns the text that it brought. */
  add(chunk: Chunk): string {
    if (chunk.usage) {
      this.#usage = { inputTokens: chunk.usage.prompt_tokens, outputTokens: chunk.usage.completion_tokens };
    }
    // Servers differ: the list may be empty or missing in the event that carries the usage.
    const choice = (chunk as Partial<Chunk>).choices?.[0];
    if (choice === undefined) return '';
    this.#finish = choice.finish_reason ?? this.#finish;
    const delta = (choice as Partial<typeof choice>).delta;
    for (const call of delta?.tool_calls ?? []) this.#addCall(call);
    const text = delta?.content ?? '';
    this.#text += text;
    return text;
  }

  /** @throws ModelOutputError when the stream ended before the answer did. */
  response(): ModelResponse {
    if (this.#finish === undefined) {
      throw new ModelOutputError("The model's answer ended before it was complete: no finish reason came.");
    }
    const calls = this.#calls.map((parts, index) => this.#call(parts, index));
    const finish = finishes[this.#finish] ?? 'other';
    return {
      text: this.#text,
      calls,
      usage: this.#usage ?? this.#estimatedUsage(),
      // Some servers say `stop` although the answer is calls.
      finish: finish === 'stop' && calls.length > 0 ? 'tool-calls' : finish,
    };
  }

  #addCall(delta: CallDelta): void {
    const parts = this.#partsFor(delta);
    parts.id ||= delta.id ?? '';
    parts.tool ||= delta.function?.name ?? '';
    parts.text += delta.function?.arguments ?? '';
  }

  /** Servers without an index send each call whole, or go on with the newest one. */
  #partsFor(delta: CallDelta): CallParts {
    const index = (delta as Partial<CallDelta>).index;
    const known =
      index === undefined
        ? delta.id === undefined && this.#calls.at(-1)
        : this.#calls.find((parts) => parts.index === index);
    if (known) return known;
    const parts: CallParts = { index, id: '', tool: '', text: '' };
    this.#calls.push(parts);
    return parts;
  }

  #call({ id, tool, text }: CallParts, index: number): ModelCall {
    return { id: id === '' ? `call_${index}` : id, tool, arguments: this.#argumentsText(tool, text) };
  }

  #argumentsText(tool: string, text: string): string {
    if (text.trim() === '') return '{}';
    const schema = this.#request.tools.find(({ name }) => name === tool)?.parameters;
    const value = parsed(text);
    if (schema === undefined || value === undefined) return text;
    const cleaned = JSON.stringify(withoutOptionalNulls(schema, value));
    return cleaned === JSON.stringify(value) ? text : cleaned;
  }

  /** For servers that report no usage: budgets must count something. About four characters make a token. */
  #estimatedUsage(): Usage {
    const { system, messages, tools } = this.#request;
    const input = system.length + JSON.stringify(messages).length + JSON.stringify(tools).length;
    const output = this.#text.length + JSON.stringify(this.#calls).length;
    return { inputTokens: Math.ceil(input / 4), outputTokens: Math.ceil(output / 4) };
  }
}

/** Cut or broken JSON stays as it is: the engine answers it to the model. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
