import { type KubeObject } from '../../kube/kube-client.ts';
import { safeText } from '../display/safe-text.ts';
import { type CliContext } from '../session/cli-context.ts';

/** As kubectl prints objects. `name`: `turn.swarm.mlops.dev/NAME`. */
export type ObjectFormat = 'json' | 'yaml' | 'name';

export function isObjectFormat(format: string): format is ObjectFormat {
  return ['json', 'yaml', 'name'].includes(format);
}

/** Nothing that is read from a cluster drives the terminal: in JSON control characters are escaped, in YAML and names they are removed. */
export async function writeObject(
  { shell }: Pick<CliContext, 'shell'>,
  format: ObjectFormat,
  object: object,
): Promise<void> {
  shell.stdout.write(await objectText(format, object));
}

export async function objectText(format: ObjectFormat, object: object): Promise<string> {
  if (format === 'json') return `${escaped(JSON.stringify(object, undefined, 2))}\n`;
  if (format === 'name')
    return namesOf(object)
      .map((name) => `${safeText(name)}\n`)
      .join('');
  const { yamlText } = await import('./yaml-text.ts');
  return safeText(yamlText(object));
}

/** JSON escapes C0 by itself; C1 and the marks that turn the writing direction it leaves to us. */
export function escaped(json: string): string {
  return json.replaceAll(
    /[\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function namesOf(object: object): readonly string[] {
  const { items } = object as { readonly items?: readonly KubeObject[] };
  return (items ?? [object as KubeObject]).map(nameOf);
}

/** As `kubectl get -o name` prints it. */
export function nameOf({ apiVersion = '', kind = '', metadata }: KubeObject): string {
  const group = apiVersion.includes('/') ? `.${apiVersion.split('/', 1)[0] ?? ''}` : '';
  return `${kind.toLowerCase()}${group}/${metadata.name}`;
}

export function listOf(items: readonly unknown[]): object {
  return { apiVersion: 'v1', kind: 'List', metadata: {}, items };
}
