import { queryUnescape } from '../protocol/go-text.ts';
import { invalid } from '../protocol/kfp-error.ts';
import { type World } from '../world.ts';

const objectName = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/u;
const rule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and " +
  "end with an alphanumeric character (e.g. 'example.com', regex used for validation is " +
  "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*'). Use 'display_name' for human-readable labels";
const comparisons: Readonly<Record<string, string>> = {
  GREATER_THAN: 'gt',
  GREATER_THAN_EQUALS: 'gte',
  LESS_THAN: 'lt',
  LESS_THAN_EQUALS: 'lte',
};

/** What is different when pipelines are Kubernetes objects. */
export class NativeObjects {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** @returns why the name cannot be that of an object */
  nameError(name: string): string | undefined {
    if (!this.#world.isKubernetesNative || objectName.test(name)) return undefined;
    return `Invalid pipeline name ${JSON.stringify(name)}: ${rule}`;
  }

  /** @throws KfpError for a filter that compares */
  refuseComparisons(filter: string): void {
    if (filter === '') return;
    const [, operation = ''] = /"operation"\s*:\s*"(\w+)"/u.exec(queryUnescape(filter)) ?? [];
    const short = comparisons[operation];
    if (short === undefined) return;
    const supported = 'Supported filters are eq, neq, in, and substring.';
    throw invalid(`Filter ${short} is not implemented for Kubernetes pipeline store. ${supported}`);
  }
}
