import { aborted, invalid, notFound } from '../protocol/kfp-error.ts';
import { type RunRow } from '../store/rows.ts';
import { retried } from '../workflows/retried-workflow.ts';
import { type Workflow } from '../workflows/workflow.ts';
import { nowSeconds, type World } from '../world.ts';
import { type Json } from './answers.ts';
import { type ApiRequest } from './api-request.ts';
import { type RunService } from './run-service.ts';

/** What can be done to a run that is there. */
export class RunActions {
  readonly #world: World;
  readonly #runs: RunService;

  constructor(world: World, runs: RunService) {
    this.#world = world;
    this.#runs = runs;
  }

  /** The row says CANCELING at once, its history only with the next report; the end will be FAILED. */
  async terminate(request: ApiRequest): Promise<Json> {
    const id = request.part('id');
    const row = this.#runs.find(id, 'Failed to terminate a run: ');
    await this.#runs.require(request, row, 'terminate');
    this.#requireExperiment(
      row,
      `Failed to terminate a run: Failed to terminate run ${id} due to error fetching its namespace: `,
    );
    if (!['PENDING', 'RUNNING', 'PAUSED'].includes(row.state)) {
      throw invalid(
        `Failed to terminate a run ${id}. Row not found`,
        `Failed to terminate a run: Failed to terminate run ${id}: `,
      );
    }
    row.state = 'CANCELING';
    this.#world.database.runs.put(row);
    await this.#changeWorkflow(row, (workflow) => ({
      ...workflow,
      spec: { ...workflow.spec, activeDeadlineSeconds: 0 },
    }));
    return {};
  }

  /** Judged by the last reported Workflow. */
  async retry(request: ApiRequest): Promise<Json> {
    const row = this.#runs.find(request.part('id'), 'Failed to retry a run: ');
    await this.#runs.require(request, row, 'retry');
    const reported = row.manifest === '' ? undefined : (JSON.parse(row.manifest) as Workflow);
    const phase = reported?.status?.phase;
    if (!reported || (phase !== 'Failed' && phase !== 'Error')) {
      throw aborted('Workflow must be Failed/Error to retry', `Failed to retry a run: Failed to retry run ${row.id}: `);
    }
    await this.#world.pods?.removeFailed(reported);
    await this.#changeWorkflow(row, (workflow) => {
      const again = retried(workflow);
      row.manifest = JSON.stringify(again);
      return again;
    });
    row.state = 'RUNNING';
    row.finishedAt = 0;
    row.history.push({ at: nowSeconds(this.#world), state: 'RUNNING' });
    this.#world.database.runs.put(row);
    return {};
  }

  async setStorageState(request: ApiRequest, storageState: 'AVAILABLE' | 'ARCHIVED'): Promise<Json> {
    const verb = storageState === 'ARCHIVED' ? 'archive' : 'unarchive';
    const row = this.#runs.find(request.part('id'), `Failed to ${verb} a run: `);
    await this.#runs.require(request, row, verb);
    row.storageState = storageState;
    this.#world.database.runs.put(row);
    return {};
  }

  async delete(request: ApiRequest): Promise<Json> {
    const id = request.part('id');
    const row = this.#runs.find(id, 'Failed to delete a run: ');
    await this.#runs.require(request, row, 'delete');
    this.#requireExperiment(
      row,
      `Failed to delete a run: Failed to delete a run ${id} due to namespace fetching error: `,
    );
    this.#world.database.runs.delete(row.id);
    await this.#world.workflows.delete(row.namespace || this.#world.namespace, row.workflowName);
    return {};
  }

  /** A run whose experiment was deleted can be neither stopped nor deleted. */
  #requireExperiment(row: RunRow, context: string): void {
    if (!this.#world.database.experiments.get(row.experimentId))
      throw notFound('Experiment', row.experimentId, context);
  }

  async #changeWorkflow(row: RunRow, change: (workflow: Workflow) => Workflow): Promise<void> {
    for (let saved: Workflow | undefined; !saved;) {
      const workflow = await this.#world.workflows.get(row.namespace || this.#world.namespace, row.workflowName);
      if (!workflow) return;
      saved = await this.#world.workflows.replace(change(workflow));
    }
  }
}
