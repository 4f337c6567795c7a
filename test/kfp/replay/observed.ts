import { nextTime } from '../simulator/schedule-times.ts';
import { type KfpSimulator } from '../simulator/start-kfp-simulator.ts';
import { labels, podNameOf, type Workflow } from '../simulator/workflows/workflow.ts';
import { workflowObjectDifferences } from './workflow-objects.ts';
import { type RecordedLine } from './recorded-lines.ts';

interface ObservedWorkflow {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly phase: string | null;
  readonly message: string | null;
  readonly activeDeadlineSeconds: number | null;
}

/** Compares what Kubernetes showed: count, labels and phase of Workflows, times at which schedules fire next, sizes of pages. */
export async function observedDifferences(line: RecordedLine, simulator: KfpSimulator): Promise<string[]> {
  const observed = line.observed ?? {};
  if (observed['labelSelector'] !== undefined)
    return workflowDifferences(observed as unknown as ObservedList, simulator);
  if (observed['kubernetes'] === 'scheduledworkflows.kubeflow.org') {
    return scheduleDifferences(observed as unknown as ObservedSchedules, simulator);
  }
  if (observed['returned'] !== undefined) return pageDifferences(observed as unknown as ObservedPage, simulator);
  if (observed['kubernetes'] === 'pods') return podDifferences(observed as unknown as ObservedPods, simulator);
  if (observed['kubernetes'] === 'Workflow')
    return workflowObjectDifferences(observed['object'] as unknown as Workflow, simulator);
  if (observed['kubernetes'] === 'ScheduledWorkflow')
    return scheduleObjectDifferences(observed as unknown as ObservedObject, simulator);
  if (observed['pipelines'] !== undefined)
    return pipelineDifferences(observed as unknown as ObservedPipelines, simulator);
  // What else was noted down is derived from lines that are compared.
  return [];
}

interface ObservedPods {
  readonly items: readonly { readonly name: string; readonly labels: Readonly<Record<string, string>> }[];
}

/** Without a cluster there are no pods, but every node says what its pod is called. */
async function podDifferences({ items }: ObservedPods, simulator: KfpSimulator): Promise<string[]> {
  const workflows = await simulator.world.workflows.list({
    name: labels.runId,
    value: items[0]?.labels[labels.runId] ?? '',
  });
  const names = workflows.flatMap(({ metadata, status }) =>
    Object.values(status?.nodes ?? {})
      .filter(({ type }) => type === 'Pod')
      .map((node) => podNameOf(metadata.name, node)),
  );
  return listDifferences(
    names,
    items.map(({ name }) => name),
  );
}

interface ObservedObject {
  readonly object: {
    readonly metadata: { readonly name: string; readonly uid: string };
    readonly spec: { readonly enabled: boolean; readonly maxConcurrency: number; readonly noCatchup?: boolean };
  };
}

async function scheduleObjectDifferences({ object }: ObservedObject, simulator: KfpSimulator): Promise<string[]> {
  const { metadata, spec } = object;
  const row = simulator.world.database.recurringRuns.get(metadata.uid);
  const ours = [row?.scheduleName, row?.isEnabled, row?.maxConcurrency, row?.noCatchup].map(String);
  const theirs = [metadata.name, spec.enabled, spec.maxConcurrency, spec.noCatchup ?? false].map(String);
  return Promise.resolve(ours.join() === theirs.join() ? [] : [`${ours.join()} instead of ${theirs.join()}`]);
}

interface NamedObject {
  readonly metadata: { readonly name: string; readonly uid: string; readonly labels?: object };
}

interface ObservedPipelines {
  readonly pipelines: readonly NamedObject[];
  readonly pipelineversions: readonly NamedObject[];
}

/** Kubernetes-native mode: objects are rows here, by the same names and ids. */
async function pipelineDifferences(observed: ObservedPipelines, simulator: KfpSimulator): Promise<string[]> {
  const { pipelines, versions } = simulator.world.database;
  const named = ({ metadata }: NamedObject) => `${metadata.name} ${metadata.uid}`;
  const version = (one: NamedObject) => `${named(one)} ${String(one.metadata.labels !== undefined)}`;
  return Promise.resolve([
    ...listDifferences(
      pipelines.all().map(({ name, id }) => `${name} ${id}`),
      observed.pipelines.map(named),
    ),
    ...listDifferences(
      versions.all().map((row) => {
        const pipeline = pipelines.get(row.pipelineId)?.name ?? '';
        const isOwnName = row.isUnlabelled === true || row.name === pipeline;
        return `${isOwnName ? row.name : `${pipeline}-${row.name}`} ${row.id} ${String(!row.isUnlabelled)}`;
      }),
      observed.pipelineversions.map(version),
    ),
  ]);
}

function listDifferences(ours: readonly string[], theirs: readonly string[]): string[] {
  const [left, right] = [ours.toSorted().join(', '), theirs.toSorted().join(', ')];
  return left === right ? [] : [`${left} instead of ${right}`];
}

interface ObservedList {
  readonly labelSelector: string;
  readonly count: number;
  readonly items: readonly ObservedWorkflow[];
}

async function workflowDifferences(observed: ObservedList, simulator: KfpSimulator): Promise<string[]> {
  const [name = '', value = ''] = observed.labelSelector.split('=');
  const workflows = await simulator.world.workflows.list({ name, value });
  if (workflows.length !== observed.count) return [`${workflows.length} Workflows instead of ${observed.count}`];
  const theirs = observed.items.map(describe).sort();
  const ours = workflows.map(describeOwn).sort();
  return theirs.flatMap((one, index) => (one === ours[index] ? [] : [`${String(ours[index])} instead of ${one}`]));
}

const markNames = [labels.persisted, labels.completed, labels.phase];

function describe({ name, labels: marks = {}, phase, message, activeDeadlineSeconds }: ObservedWorkflow): string {
  const shown = markNames.map((mark) => marks[mark] ?? null);
  return JSON.stringify({ name, marks: shown, phase, message, activeDeadlineSeconds });
}

const describeOwn = ({ metadata, spec, status }: Workflow) =>
  describe({
    name: metadata.name,
    labels: metadata.labels ?? {},
    phase: status?.phase ?? null,
    message: status?.message ?? null,
    activeDeadlineSeconds: spec.activeDeadlineSeconds ?? null,
  });

interface ObservedSchedules {
  readonly at: string;
  readonly items: readonly {
    readonly uid: string;
    readonly enabled: boolean;
    readonly trigger: { readonly cronSchedule?: { readonly cron: string } };
    readonly status: { readonly trigger?: { readonly nextTriggeredTime?: string } };
  }[];
}

/** Only of schedules by cron that have not fired: their next time follows from when they were made. */
async function scheduleDifferences({ items }: ObservedSchedules, simulator: KfpSimulator): Promise<string[]> {
  const unfired = items.flatMap(({ uid, trigger, status }) => {
    const row = simulator.world.database.recurringRuns.get(uid);
    const isCompared = row !== undefined && trigger.cronSchedule !== undefined && row.lastIndex === 0;
    return isCompared ? [{ row, theirs: status.trigger?.nextTriggeredTime }] : [];
  });
  const found = unfired.flatMap(({ row, theirs }) => {
    const next = nextTime(row, row.createdAt);
    const ours = next === undefined ? undefined : new Date(next * 1000).toISOString().replace('.000', '');
    return theirs === ours || isMissed(ours, theirs)
      ? []
      : [`${row.name} fires next ${String(ours)} instead of ${String(theirs)}`];
  });
  return Promise.resolve(found);
}

/** The controller began to run some minutes after the schedules were made; what it missed it puts at its start. */
const controllerStart = '2026-11-23T10:54:00Z';

function isMissed(ours: string | undefined, theirs: string | undefined): boolean {
  return ours !== undefined && theirs !== undefined && ours < theirs && theirs < controllerStart;
}

interface ObservedPage {
  readonly path: string;
  readonly query: string;
  readonly returned: number;
  readonly total_size: number;
  readonly has_next_page_token: boolean;
}

async function pageDifferences(observed: ObservedPage, simulator: KfpSimulator): Promise<string[]> {
  const response = await fetch(`${simulator.url}${observed.path}?${observed.query}`);
  const body = (await response.json()) as { experiments?: unknown[]; total_size?: number; next_page_token?: string };
  const ours = [body.experiments?.length, body.total_size, body.next_page_token !== undefined];
  const theirs = [observed.returned, observed.total_size, observed.has_next_page_token];
  return JSON.stringify(ours) === JSON.stringify(theirs) ? [] : [`${ours.join(', ')} instead of ${theirs.join(', ')}`];
}
