import { generalVocabulary } from './vocabulary-general.ts';
import { learningVocabulary } from './vocabulary-learning.ts';
import { platformVocabulary } from './vocabulary-platform.ts';

/**
 * Words for the same thing in documentation of Kubernetes and machine learning. People ask in their own words and pages
 * answer in theirs; this table lets them meet without a model. One line a concept:
 * `a, b, c` any of these may stand for any other; `a, b > c, d` who says a or b may mean c or d, not the other way round.
 * Words are compared by stem, so one form of each is enough. Names of products stand only beside what they are.
 */
export const vocabulary = `${generalVocabulary}${platformVocabulary}${learningVocabulary}`;
