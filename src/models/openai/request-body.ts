import type { OpenAI } from 'openai';
import type { ModelMessage, ModelRequest, ToolSchema } from '../language-model.ts';
import { strictSchema, wireSchema } from './tool-parameters.ts';

type ChatBody = OpenAI.Chat.ChatCompletionCreateParamsStreaming;

/** The chat completion request on the wire. */
export function requestBody(request: ModelRequest, settings: { model: string; temperature?: number }): ChatBody {
  const { tools, maxOutputTokens } = request;
  return {
    model: settings.model,
    messages: [{ role: 'system', content: request.system }, ...request.messages.map(wireMessage)],
    stream: true,
    stream_options: { include_usage: true },
    ...(tools.length > 0 && { tools: tools.map(wireTool), parallel_tool_calls: true }),
    ...(maxOutputTokens !== undefined && { max_completion_tokens: maxOutputTokens }),
    ...(settings.temperature !== undefined && { temperature: settings.temperature }),
  };
}

function wireMessage(message: ModelMessage): OpenAI.Chat.ChatCompletionMessageParam {
  switch (message.role) {
    case 'user':
      return { role: 'user', content: message.text };
    case 'tool':
      return { role: 'tool', tool_call_id: message.callId, content: message.content };
    case 'assistant':
      return message.calls.length === 0
        ? { role: 'assistant', content: message.text }
        : {
            role: 'assistant',
            // Some servers refuse an empty text beside calls; null is what OpenAI itself sends.
            content: message.text === '' ? null : message.text,
            tool_calls: message.calls.map(({ id, tool, arguments: text }) => ({
              id,
              type: 'function',
              function: { name: tool, arguments: text },
            })),
          };
  }
}

function wireTool(tool: ToolSchema): OpenAI.Chat.ChatCompletionTool {
  const strict = strictSchema(tool.parameters);
  const examples = tool.examples.map((example) => `"${example}"`).join(', ');
  return {
    type: 'function',
    function: {
      name: tool.name,
      description: examples === '' ? tool.description : `${tool.description} For example: ${examples}.`,
      parameters: strict ?? wireSchema(tool.parameters),
      strict: strict !== undefined,
    },
  };
}
