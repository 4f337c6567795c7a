import type { InventoryEntry, InventoryParameter } from '../../src/models/language-model.ts';
import type { Thing, World } from './utterance-set.ts';

/** The world of a set as the agents' inventories would show it. */
export function inventoryOf({ namespaces = [], kfp = {}, tekton = {}, minio, docs }: World): readonly InventoryEntry[] {
  const buckets = minio?.buckets ?? [];
  return [
    ...entries('kfp', 'pipeline', kfp.pipelines),
    ...entries('kfp', 'experiment', kfp.experiments),
    ...entries('kfp', 'run', kfp.runs),
    ...entries('kfp', 'schedule', kfp.schedules),
    ...entries('tekton', 'pipeline', tekton.pipelines),
    ...(tekton.pipelines ?? []).flatMap(tasksOf),
    ...entries('tekton', 'run', tekton.runs),
    ...entries('minio', 'bucket', buckets),
    ...buckets.flatMap(({ name, objects = [] }) => objects.map((object) => objectEntry(name, object))),
    ...entries('docs', 'knowledge-base', docs?.knowledgeBases),
    ...namespaces.flatMap((namespace) => ['kfp', 'tekton'].map((agent) => entry(agent, 'namespace', namespace))),
  ];
}

function entries(agent: string, kind: string, things: readonly Thing[] | undefined): readonly InventoryEntry[] {
  return (things ?? []).map((thing) => entry(agent, kind, thing));
}

function entry(agent: string, kind: string, thing: Thing): InventoryEntry {
  const description = thing['description'] ?? thing['about'] ?? thing['use'];
  const facts = Object.entries(thing).filter(
    ([key, value]) => key !== 'name' && key !== 'error' && ['string', 'number', 'boolean'].includes(typeof value),
  );
  const declared = thing['parameters'] ?? thing['params'];
  return {
    agent,
    kind,
    name: thing.name,
    ...(typeof description === 'string' && { description }),
    attributes: Object.fromEntries(facts.map(([key, value]) => [key, String(value)])),
    ...(Array.isArray(declared) && { parameters: (declared as Thing[]).map(parameter) }),
  };
}

function parameter(declared: Thing): InventoryParameter {
  const type = String(declared['type'])
    .replace('NUMBER_INTEGER', 'integer')
    .replace('NUMBER_DOUBLE', 'number')
    .toLowerCase();
  const standard = declared['default'];
  return {
    name: declared.name,
    type,
    ...(standard !== undefined && { default: typeof standard === 'string' ? standard : JSON.stringify(standard) }),
  };
}

function tasksOf(pipeline: Thing): readonly InventoryEntry[] {
  const tasks = (pipeline['tasks'] ?? []) as readonly string[];
  return tasks.map((name) => ({ agent: 'tekton', kind: 'task', name, attributes: { pipeline: pipeline.name } }));
}

function objectEntry(bucket: string, object: Readonly<Record<string, unknown>>): InventoryEntry {
  const { key, size, lastModified } = object;
  return {
    agent: 'minio',
    kind: 'object',
    name: String(key),
    attributes: { bucket, size: String(size), ...(typeof lastModified === 'string' && { lastModified }) },
  };
}
