/** What a node of an Argo Workflow that KFP compiled is for, told by its path and template. */
export interface NodePlace {
  /** KFP task; empty for the pipeline as a whole. */
  readonly task: string;
  readonly role: 'driver' | 'executor' | 'other';
  readonly attempt: number;
  readonly depth: number;
  /** The path without the numbers of attempts. */
  readonly plainPath: string;
}

/**
 * Paths look like `churn-x7(0).root(0).train(0).executor(0)`: with KFP's usual retry strategy every node has its
 * attempts `(n)` below it. `train-driver` decides for `train`; wrappers around loops are called iteration-….
 */
export function placeOf(path: string, templateName: string): NodePlace {
  const segments = segmentsOf(path);
  const last = segments.at(-1) ?? '';
  const plain = segments.map(withoutNumber);
  const role = roleOf(templateName);
  const inner = plain.slice(1).filter((segment) => !isWrapper(segment));
  const owner = inner.at(-1) ?? '';
  const task = role === 'driver' ? driven(plain, owner) : owner;
  return {
    task: task.replace(/\.?onExit$/, ''),
    role,
    attempt: Number(/\((\d+)/.exec(last)?.[1] ?? 0),
    depth: segments.length,
    plainPath: plain.join('.'),
  };
}

function driven(plain: readonly string[], owner: string): string {
  const name = (plain.at(-1) ?? '').replace(/-driver$/, '');
  if (name === 'root') return '';
  return name === 'iteration' ? owner : name;
}

function roleOf(templateName: string): NodePlace['role'] {
  if (/^system-(container|dag)-driver/.test(templateName)) return 'driver';
  return templateName.startsWith('system-container-impl') ? 'executor' : 'other';
}

function isWrapper(segment: string): boolean {
  return (
    segment === 'root' ||
    segment === 'executor' ||
    /^iteration(-|$)/.test(segment) ||
    segment.endsWith('-driver') ||
    segment === 'onExit'
  );
}

/** Dots separate, except inside the brackets of loop items. */
function segmentsOf(path: string): readonly string[] {
  return path.match(/[^.(]+(\([^)]*\))?/g) ?? [];
}

function withoutNumber(segment: string): string {
  return segment.replace(/\([^)]*\)$/, '');
}
