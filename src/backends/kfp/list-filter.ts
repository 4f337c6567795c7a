/** Conditions on a list; all must hold. Text is compared by the database's collation, so results are compared again. */
export interface Predicate {
  readonly key: string;
  readonly operation: 'EQUALS' | 'NOT_EQUALS' | 'GREATER_THAN_EQUALS' | 'LESS_THAN_EQUALS' | 'IN' | 'IS_SUBSTRING';
  readonly string_value?: string;
  readonly timestamp_value?: string;
  readonly string_values?: { readonly values: readonly string[] };
}

/**
 * The query parameter `filter`, encoded once; like all parameters it is encoded again on its way. KFP decodes it twice,
 * so that a `%` or `+` inside would be lost otherwise.
 */
export function filterParameter(predicates: readonly Predicate[]): string | undefined {
  return predicates.length === 0 ? undefined : encodeURIComponent(JSON.stringify({ predicates }));
}

/**
 * What KFP can be asked for so that nothing is missed: IS_SUBSTRING takes `%` and `_` as wildcards, which finds too much,
 * but never finds a backslash, so only the longest part without one is asked for.
 */
export function containsPredicates(key: string, part: string | undefined): readonly Predicate[] {
  const pieces = (part ?? '').split('\\').toSorted((left, right) => right.length - left.length);
  const [longest = ''] = pieces;
  return longest === '' ? [] : [{ key, operation: 'IS_SUBSTRING', string_value: longest }];
}

export function containsText(name: string, part: string | undefined): boolean {
  return part === undefined || name.toLowerCase().includes(part.toLowerCase());
}
