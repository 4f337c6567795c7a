import { inBatches } from './in-batches.ts';
import { type KfpApi, type ListRequest, isId, pathOf } from './kfp-api.ts';
import type { CallOptions, KfpReader, NameQuery } from './kfp-client.ts';
import type { KfpPipeline, KfpRun, KfpSchedule, KfpVersion } from './kfp-objects.ts';
import { containsPredicates, containsText, type Predicate } from './list-filter.ts';
import { listRuns } from './list-runs.ts';
import type { NameLookup } from './name-lookup.ts';
import { runOf } from './run-state.ts';
import type { RunWitness } from './run-witness.ts';
import { experimentOf, pipelineOf, scheduleOf, versionOf } from './wire-objects.ts';
import { experiment, pipeline, recurringRun, run, version } from './wire.ts';

/** Every version brings its whole specification along. */
const versionPageSize = 20;
const mostVersions = 200;

export interface ReaderParts {
  readonly api: KfpApi;
  readonly names: NameLookup;
  readonly witness: RunWitness;
  readonly namespace: string;
}

export function createKfpReader(parts: ReaderParts): KfpReader {
  const { api, names, witness } = parts;
  return {
    about: api.about,
    ...pipelineReader(parts),
    ...experimentReader(api),
    listRuns: async (query, options) => {
      const { runs, ...page } = await listRuns(api, query, options);
      return { runs: await inBatches(runs, (found) => withNames(names, found, options)), ...page };
    },
    getRun: async (id, options) => {
      const wire = isId(id) ? await api.find(run, pathOf('runs', id), options) : undefined;
      if (!wire) return undefined;
      const found = await witness(runOf(wire, api.uiUrl), options);
      const named = await withNames(names, found, options);
      return { ...named, pipeline: named.pipeline && (await names.version(named.pipeline, options)) };
    },
    listSchedules: async (query, options) => {
      const request = { path: '/recurringruns', query: await api.ownNamespace(options) };
      const { items, isComplete } = await api.all('recurringRuns', byName(request, query), options);
      const fitting = items.filter((item) => containsText(item.display_name, query.nameContains));
      const named = await inBatches(fitting, (item) => withPipeline(names, scheduleOf(item), options));
      return { items: named, isComplete };
    },
    getSchedule: async (id, options) => {
      const wire = isId(id) ? await api.find(recurringRun, pathOf('recurringruns', id), options) : undefined;
      if (!wire) return undefined;
      const schedule = scheduleOf(wire);
      return { ...schedule, pipeline: schedule.pipeline && (await names.version(schedule.pipeline, options)) };
    },
  };
}

type PipelineReader = Pick<KfpReader, 'listPipelines' | 'findPipeline' | 'listVersions' | 'findVersion'>;

function pipelineReader({ api, namespace }: ReaderParts): PipelineReader {
  /** The namespace's own pipelines, then those that all namespaces share. */
  const list = async (filter: readonly Predicate[], options: CallOptions) => {
    const own = await api.ownNamespace(options);
    const places = own.namespace === undefined ? [{}] : [own, {}];
    const found = await Promise.all(
      places.map((query) => api.all('pipelines', { path: '/pipelines', query, filter }, options)),
    );
    const visible = found.flatMap(({ items }) => items.map(pipelineOf)).filter(isVisible(own.namespace));
    const unique = new Map(visible.map((item) => [item.id, item]));
    return { items: [...unique.values()], isComplete: found.every(({ isComplete }) => isComplete) };
  };
  const findBy = async (key: 'name' | 'display_name', text: string, options: CallOptions) => {
    const { items } = await list([{ key, operation: 'EQUALS', string_value: text }], options);
    return items.find((item) => (key === 'name' ? item.name : item.displayName) === text);
  };
  const findById = async (id: string, options: CallOptions): Promise<KfpPipeline | undefined> => {
    const wire = isId(id) ? await api.find(pipeline, pathOf('pipelines', id), options) : undefined;
    const own = await api.ownNamespace(options);
    return wire && [pipelineOf(wire)].find(isVisible(own.namespace));
  };
  return {
    listPipelines: async ({ nameContains }, options) => {
      const { items, isComplete } = await list([], options);
      const fitting = items.filter(
        ({ name, displayName }) => containsText(name, nameContains) || containsText(displayName, nameContains),
      );
      return { items: fitting.toSorted(newestFirst), isComplete };
    },
    findPipeline: async (reference, options) =>
      (await findBy('name', reference, options)) ??
      (await findById(reference, options)) ??
      (await findBy('display_name', reference, options)),
    ...versionReader(api),
  };

  function isVisible(own: string | undefined) {
    return (item: KfpPipeline) => own === undefined || item.namespace === '' || item.namespace === namespace;
  }
}

function versionReader(api: KfpApi): Pick<KfpReader, 'listVersions' | 'findVersion'> {
  const requestOf = (pipelineId: string) => ({
    path: `${pathOf('pipelines', pipelineId)}/versions`,
    pageSize: versionPageSize,
  });
  const findById = async (pipelineId: string, id: string, options: CallOptions): Promise<KfpVersion | undefined> => {
    const path = pathOf('pipelines', pipelineId, 'versions', id);
    const wire = isId(id) ? await api.find(version, path, options) : undefined;
    // KFP serves a version under the id of any pipeline.
    // One that was applied as an object, past the webhook, names no pipeline at all.
    const isOfPipeline = wire?.pipeline_id === pipelineId || wire?.pipeline_id === '';
    return wire && isOfPipeline ? versionOf(wire, { withSpec: true }) : undefined;
  };
  const findBy = async (
    pipelineId: string,
    { key, text }: { key: 'name' | 'display_name'; text: string },
    options: CallOptions,
  ) => {
    const filter = [{ key, operation: 'EQUALS', string_value: text } as const];
    const { items } = await api.page('pipeline_versions', { ...requestOf(pipelineId), filter }, options);
    const found = items.find((item) => (item[key] || item.display_name) === text);
    return found && versionOf(found, { withSpec: true });
  };
  return {
    listVersions: async (pipelineId, options) => {
      const request = { ...requestOf(pipelineId), most: mostVersions };
      const { items, isComplete } = await api.all('pipeline_versions', request, options);
      return { items: items.map((item) => versionOf(item, { withSpec: false })), isComplete };
    },
    findVersion: async (pipelineId, reference, options) => {
      if (reference === undefined) {
        const request = { ...requestOf(pipelineId), pageSize: 1 };
        const [newest] = (await api.page('pipeline_versions', request, options)).items;
        return newest && versionOf(newest, { withSpec: true });
      }
      return (
        (await findBy(pipelineId, { key: 'name', text: reference }, options)) ??
        (await findById(pipelineId, reference, options)) ??
        (await findBy(pipelineId, { key: 'display_name', text: reference }, options))
      );
    },
  };
}

function experimentReader(api: KfpApi): Pick<KfpReader, 'listExperiments' | 'findExperiment'> {
  return {
    listExperiments: async (query, options) => {
      const request = { path: '/experiments', query: await api.ownNamespace(options) };
      const { items, isComplete } = await api.all('experiments', byName(request, query), options);
      const fitting = items
        .map(experimentOf)
        .filter(({ name, isArchived }) => !isArchived && containsText(name, query.nameContains));
      return { items: fitting, isComplete };
    },
    findExperiment: async (reference, options) => {
      const query = await api.ownNamespace(options);
      const filter = [{ key: 'display_name', operation: 'EQUALS', string_value: reference } as const];
      const { items } = await api.page('experiments', { path: '/experiments', query, filter }, options);
      const named = items.find((item) => item.display_name === reference);
      if (named) return experimentOf(named);
      const wire = isId(reference) ? await api.find(experiment, pathOf('experiments', reference), options) : undefined;
      return wire && (query.namespace === undefined || wire.namespace === query.namespace)
        ? experimentOf(wire)
        : undefined;
    },
  };
}

function byName(request: ListRequest, { nameContains }: NameQuery): ListRequest {
  return { ...request, filter: containsPredicates('display_name', nameContains) };
}

async function withNames(names: NameLookup, found: KfpRun, options: CallOptions): Promise<KfpRun> {
  const experimentName =
    found.experimentId === undefined ? undefined : await names.experiment(found.experimentId, options);
  return { ...found, experimentName, pipeline: found.pipeline && (await names.pipeline(found.pipeline, options)) };
}

async function withPipeline(names: NameLookup, schedule: KfpSchedule, options: CallOptions): Promise<KfpSchedule> {
  return { ...schedule, pipeline: schedule.pipeline && (await names.pipeline(schedule.pipeline, options)) };
}

function newestFirst(left: KfpPipeline, right: KfpPipeline): number {
  return Date.parse(right.createdAt ?? '') - Date.parse(left.createdAt ?? '') || (left.name < right.name ? -1 : 1);
}
