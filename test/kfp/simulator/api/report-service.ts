import { codes, GatewayError, invalid, KfpError, notFound, unavailable } from '../protocol/kfp-error.ts';
import { syntaxChecked } from '../protocol/proto-message.ts';
import { type RunRow, type StateChange, type TaskRow } from '../store/rows.ts';
import { isFinished, labels, type Node, type NodePhase, runIdOf, type Workflow } from '../workflows/workflow.ts';
import { nowSeconds, type World } from '../world.ts';
import { type Json } from './answers.ts';
import { type ApiRequest } from './api-request.ts';

const states: Readonly<Record<NodePhase, string>> = {
  Pending: 'PENDING',
  Running: 'RUNNING',
  Succeeded: 'SUCCEEDED',
  Failed: 'FAILED',
  Error: 'FAILED',
  Omitted: '',
  Skipped: 'SKIPPED',
};

/** What the persistence agent tells the server about Workflows, and how that changes rows. */
export class ReportService {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  async receive(request: ApiRequest): Promise<Json> {
    const workflow = parseReported(request.body.toString('utf8'));
    await this.#requireReporter(request, 'workflows');
    if (!workflow.metadata.name)
      throw invalid('The workflow must have a name: &Workflow{}', 'Report workflow failed: ');
    await this.report(workflow);
    return {};
  }

  async receiveSchedule(request: ApiRequest): Promise<Json> {
    const schedule = parseReported(request.body.toString('utf8'));
    await this.#requireReporter(request, 'scheduledworkflows');
    const id = schedule.metadata.uid ?? '';
    const row = this.#world.database.recurringRuns.get(id);
    if (!row) throw notFound('Job', id, 'Report scheduled workflow failed: ');
    row.updatedAt = nowSeconds(this.#world);
    this.#world.database.recurringRuns.put(row);
    return {};
  }

  async #requireReporter(request: ApiRequest, resource: string): Promise<void> {
    await this.#world.access?.require(request.headers, { namespace: '', verb: 'report', resource, name: '' });
  }

  /**
   * A terminal report counts only for the version that is live, and marks the Workflow. A Workflow without a row is left
   * alone for a while and then deleted, unless a schedule made it.
   * @throws KfpError
   */
  async report(workflow: Workflow): Promise<void> {
    const { name, namespace } = workflow.metadata;
    const runId = runIdOf(workflow);
    if (runId === '') throw invalid(`Workflow[${name}] missing the Run ID label`, 'Report workflow failed: ');
    const live = await this.#world.workflows.get(namespace, name);
    const isTerminal = isFinished(workflow.status?.phase);
    if (isTerminal && live?.metadata.resourceVersion !== workflow.metadata.resourceVersion) {
      throw unavailable(`Report workflow failed: Workflow ${name} changed meanwhile`);
    }
    const row = this.#world.database.runs.get(runId) ?? this.#rowOfSchedule(runId, workflow);
    if (!row) return this.#dropOrphan(live);
    this.#take(row, workflow);
    if (isTerminal && live) await this.#markPersisted(live);
  }

  async #dropOrphan(live: Workflow | undefined): Promise<void> {
    if (!live) return;
    const ageMs = this.#world.clock.now().getTime() - Date.parse(live.metadata.creationTimestamp ?? '');
    if (ageMs < this.#world.settings.orphanGraceMs)
      throw unavailable('Report workflow failed: the run is not there yet');
    await this.#world.workflows.delete(live.metadata.namespace, live.metadata.name);
  }

  async #markPersisted(live: Workflow): Promise<void> {
    const marked = { ...live.metadata.labels, [labels.persisted]: 'true' };
    await this.#world.workflows.replace({ ...live, metadata: { ...live.metadata, labels: marked } });
  }

  #rowOfSchedule(runId: string, workflow: Workflow): RunRow | undefined {
    const { labels: marks = {}, name } = workflow.metadata;
    const schedule = this.#world.database.recurringRuns
      .all()
      .find(({ scheduleName }) => scheduleName === marks[labels.scheduledWorkflow]);
    if (!schedule) return undefined;
    const row: RunRow = {
      id: runId,
      experimentId: schedule.experimentId,
      name,
      description: '',
      namespace: this.#world.access ? schedule.namespace : '',
      storageState: 'AVAILABLE',
      serviceAccount: '',
      source: schedule.source,
      parameters: {},
      pipelineRoot: '',
      createdAt: secondsOf(workflow.metadata.creationTimestamp) ?? nowSeconds(this.#world),
      scheduledAt: Number(marks[labels.scheduledEpoch] ?? 0),
      finishedAt: 0,
      state: '',
      history: [],
      recurringRunId: schedule.id,
      workflowName: name,
      manifest: '',
      tasks: [],
    };
    return row;
  }

  #take(row: RunRow, workflow: Workflow): void {
    const { phase, finishedAt, nodes = {} } = workflow.status ?? {};
    const now = nowSeconds(this.#world);
    const reported = phase === undefined ? '' : states[phase];
    // A run that is being cancelled stays so until its Workflow has ended.
    const isCanceling = row.state === 'CANCELING' && !isFinished(phase);
    row.state = isCanceling ? 'CANCELING' : reported;
    append(row.history, { at: now, state: row.state });
    row.finishedAt = secondsOf(finishedAt) ?? 0;
    row.manifest = JSON.stringify(workflow);
    for (const node of Object.values(nodes)) this.#takeNode(row, node, now);
    this.#world.database.runs.put(row);
  }

  #takeNode(row: RunRow, node: Node, now: number): void {
    const known = row.tasks.find(({ nodeId }) => nodeId === node.id);
    const task = known ?? this.#newTask(row, node);
    if (!known) row.tasks.push(task);
    task.startedAt = secondsOf(node.startedAt) ?? 0;
    task.finishedAt = secondsOf(node.finishedAt);
    task.state = states[node.phase];
    // A node without children leaves those of an earlier execution in place.
    task.children = node.children ?? task.children;
    append(task.history, { at: now, state: task.state });
  }

  #newTask(row: RunRow, node: Node): TaskRow {
    return {
      id: this.#world.identities.id('task', node.id),
      nodeId: node.id,
      name: node.displayName,
      createdAt: row.createdAt,
      startedAt: 0,
      finishedAt: undefined,
      state: '',
      history: [],
      children: [],
    };
  }
}

function append(history: StateChange[], change: StateChange): void {
  if (history.at(-1)?.state !== change.state) history.push(change);
}

function secondsOf(time: string | null | undefined): number | undefined {
  return time === null || time === undefined ? undefined : Math.floor(Date.parse(time) / 1000);
}

/** The body is a JSON string that contains the Workflow's JSON. */
function parseReported(text: string): Workflow {
  const node = syntaxChecked(text);
  if (node.kind !== 'string') {
    const message = `json: cannot unmarshal ${node.kind} into Go value of type string`;
    throw new GatewayError(codes.invalidArgument, message);
  }
  try {
    return JSON.parse(node.value) as Workflow;
  } catch {
    const reason = `invalid character '${node.value.charAt(0)}' looking for beginning of value`;
    const detail = `Could not unmarshal workflow: InvalidInputError: Failed to unmarshal the inputs: ${reason}: ${node.value}`;
    throw new KfpError(codes.invalidArgument, detail, 'Report workflow failed: ');
  }
}
