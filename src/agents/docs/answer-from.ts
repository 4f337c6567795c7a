import { composeAnswer, type CitablePassage } from '../../retrieval/compose-answer.ts';

/** What a person reads when no model words the answer. */
export function answerFrom(query: string, passages: readonly CitablePassage[]): string {
  const answer = composeAnswer(query, passages);
  if (answer !== undefined) return answer.text;
  const [first] = passages;
  return first === undefined
    ? 'The documentation has no passage that answers this.'
    : `The nearest passage is ${first.title} [${first.n}].`;
}
