import { type KubeObject, type ListQuery } from '../kube/kube-client.ts';

/** Whether an object is in the namespace and fits the selectors of a query, as the API server would decide. */
export function matchesQuery(object: KubeObject, query: ListQuery): boolean {
  if (query.namespace !== undefined && object.metadata.namespace !== query.namespace) return false;
  const labels = object.metadata.labels ?? {};
  return (
    splitTerms(query.labelSelector).every((term) => matchesLabel(labels, term)) &&
    splitTerms(query.fieldSelector).every((term) => matchesField(object, term))
  );
}

/** Commas inside parentheses belong to a set: `a in (x,y),b`. */
function splitTerms(selector = ''): string[] {
  return selector
    .split(/,(?![^(]*\))/)
    .map((term) => term.trim())
    .filter((term) => term !== '');
}

function matchesLabel(labels: Readonly<Record<string, string>>, term: string): boolean {
  const [, setName = '', setOperator, list = ''] = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(term) ?? [];
  if (setOperator !== undefined) return isMember(labels[setName], list) === (setOperator === 'in');
  const [, name = '', operator, value = ''] = /^([^=!\s]+)\s*(==?|!=)\s*(\S*)$/.exec(term) ?? [];
  if (operator !== undefined) return (labels[name] === value) === (operator !== '!=');
  return term.startsWith('!') ? !(term.slice(1) in labels) : term in labels;
}

function isMember(value: string | undefined, list: string): boolean {
  return value !== undefined && list.split(',').some((entry) => entry.trim() === value);
}

function matchesField(object: KubeObject, term: string): boolean {
  const [, path = '', operator, value = ''] = /^([^=!]+)(==?|!=)(.*)$/.exec(term) ?? [];
  const found = path
    .split('.')
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], object);
  const text = typeof found === 'string' ? found : JSON.stringify(found ?? '').replaceAll('"', '');
  return operator === '!=' ? text !== value : text === value;
}
