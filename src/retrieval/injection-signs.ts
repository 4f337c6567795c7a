/**
 * Text that speaks to a model instead of a reader. A sign, no defence: what keeps documents from acting is that the docs
 * agent has no tool with effects and that its text taints the turn. Pages about security say such things rightly, so
 * nothing is deleted; only no answer is made of such a sentence.
 */
const signs: readonly RegExp[] = [
  /\b(?:ignore|disregard|forget|override)\b[^.]{0,40}\b(?:previous|prior|above|earlier|all|your|system)\b[^.]{0,40}\b(?:instructions?|prompts?|rules?|messages?|context|guidelines?)\b/i,
  /\b(?:you are now|act as|pretend to be|from now on,? you)\b/i,
  /\b(?:system|developer)\s+(?:prompt|message)\b/i,
  /<\|?\/?(?:im_start|im_end|system|assistant|user|tool_call|function_call)\b/i,
  /^\s*(?:system|assistant|user|tool)\s*:/im,
  /\b(?:AI|language model|assistant|chatbot|LLM|agent)s?\b[^.]{0,30}\b(?:must|should|shall|please|has to|is required to|are required to)\b[^.]{0,60}\b(?:call|execute|run|reply|respond|answer|output|print|say|reveal|delete|send|approve)\b/i,
  /\b(?:call|invoke|use) the (?:tool|function)\b/i,
  /\b(?:reply|respond|answer) (?:only )?with\b/i,
  /\b(?:do not|don't|never) (?:tell|inform|mention to|reveal to) the user\b/i,
  /"(?:tool|function|tool_calls|arguments)"\s*:/,
];

export function speaksToModel(text: string): boolean {
  return signs.some((sign) => sign.test(text));
}
