import { stringify } from 'yaml';

/** Loaded when YAML is asked for, and not at the start. Lines are not folded: what is copied stays what it was. */
export function yamlText(value: unknown): string {
  return stringify(value, { lineWidth: 0 });
}
