/** One scripted reply of the fake server: plain JSON, so that a script can be a file. */
export interface FakeReply {
  /** All given members must hold for the request's last message and offered tools. */
  readonly when?: { readonly lastRole?: string; readonly lastContains?: string; readonly offers?: string };
  readonly text?: string;
  /** `arguments` may be an object or the exact text to send. */
  readonly calls?: readonly { readonly id?: string; readonly tool: string; readonly arguments: unknown }[];
  /** Sent as `reasoning_content`, as vLLM and others do. */
  readonly reasoning?: string;
  /** `null`: the server reports no usage. */
  readonly usage?: { readonly inputTokens: number; readonly outputTokens: number } | null;
  /** As on the wire: stop, tool_calls, length, content_filter. `null`: the stream ends without one. */
  readonly finish?: string | null;
  readonly latencyMs?: number;
  /** Between the events of the reply; default 0: all at once. */
  readonly intervalMs?: number;
  readonly fault?: FakeFault;
}

export type FakeFault =
  /** An answer with this status; the body is sent as it is. */
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: string; readonly body?: string }
  /** An answer that is not a stream of events. */
  | { readonly kind: 'body'; readonly contentType: string; readonly body: string }
  /** The connection is destroyed after so many events of the reply. */
  | { readonly kind: 'cut'; readonly afterEvents: number }
  /** One byte of the reply at a time. */
  | { readonly kind: 'drip'; readonly intervalMs: number }
  /** These bytes (latin1) stand where the reply's events should be. */
  | { readonly kind: 'garbage'; readonly bytes: string }
  /** A stream that ends at once. */
  | { readonly kind: 'no-events' }
  /** The connection is closed without any answer. */
  | { readonly kind: 'reset' }
  /** Headers, and then nothing, until the client hangs up. */
  | { readonly kind: 'hang' }
  | { readonly kind: 'redirect'; readonly location: string };

/** The reply as server-sent events; arguments of parallel calls are interleaved in small pieces. */
export function chunksOf(reply: FakeReply): readonly string[] {
  const deltas = [
    { role: 'assistant', content: '' },
    ...reasoningDeltas(reply),
    ...textDeltas(reply),
    ...callDeltas(reply),
  ];
  const events: unknown[] = deltas.map((delta) => event([{ index: 0, delta, finish_reason: null }]));
  const finish = reply.finish === undefined ? defaultFinish(reply) : reply.finish;
  if (finish !== null) events.push(event([{ index: 0, delta: {}, finish_reason: finish }]));
  if (reply.usage !== null) events.push(event([], usageOf(reply)));
  return [...events.map((entry) => `data: ${JSON.stringify(entry)}\n\n`), 'data: [DONE]\n\n'];
}

function event(choices: readonly unknown[], usage: unknown = null) {
  return { id: 'chatcmpl-fake', object: 'chat.completion.chunk', created: 0, model: 'fake-model', choices, usage };
}

function reasoningDeltas({ reasoning }: FakeReply) {
  return reasoning === undefined ? [] : [{ reasoning_content: reasoning }];
}

function textDeltas({ text = '' }: FakeReply) {
  return piecesOf(text).map((content) => ({ content }));
}

function callDeltas({ calls = [] }: FakeReply) {
  const heads = calls.map((call, index) => ({
    index,
    id: call.id ?? `call_${index}`,
    type: 'function',
    function: { name: call.tool, arguments: '' },
  }));
  const texts = calls.map(({ arguments: value }) => (typeof value === 'string' ? value : JSON.stringify(value)));
  const pieces = texts.map(piecesOf);
  const rounds = Array.from({ length: Math.max(0, ...pieces.map((list) => list.length)) }, (_, round) =>
    pieces.flatMap((list, index) =>
      list[round] === undefined ? [] : [{ index, function: { arguments: list[round] } }],
    ),
  );
  return [...heads, ...rounds.flat()].map((call) => ({ tool_calls: [call] }));
}

function piecesOf(text: string): readonly string[] {
  return text.match(/[^]{1,8}/gu) ?? [];
}

function defaultFinish({ calls = [] }: FakeReply): string {
  return calls.length > 0 ? 'tool_calls' : 'stop';
}

function usageOf({ usage }: FakeReply) {
  const { inputTokens, outputTokens } = usage ?? { inputTokens: 10, outputTokens: 5 };
  return { prompt_tokens: inputTokens, completion_tokens: outputTokens, total_tokens: inputTokens + outputTokens };
}
