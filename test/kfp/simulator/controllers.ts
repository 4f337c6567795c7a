import { KfpError } from './protocol/kfp-error.ts';
import { type ReportService } from './api/report-service.ts';
import { resolveSource } from './api/run-source.ts';
import { type RecurringRunRow } from './store/rows.ts';
import { ArgoOperation } from './workflows/argo-operation.ts';
import { compileWorkflow } from './workflows/compile-workflow.ts';
import { ScriptedPods } from './workflows/scripted-pods.ts';
import { argoDefaults, postponed, withStatus } from './workflows/workflow-status.ts';
import { fnv1a, isFinished, labels, type Workflow } from './workflows/workflow.ts';
import { dueTime } from './schedule-times.ts';
import { defaultAccount, nowSeconds, type World } from './world.ts';

/** The processes around the API server: Argo's controller, the persistence agent and the schedule controller. */
export class Controllers {
  readonly #world: World;
  readonly #reports: ReportService;
  readonly #pods: ScriptedPods;
  readonly #nextLookMs = new Map<string, number>();
  readonly #reported = new Map<string, string>();
  readonly #dueReports = new Map<string, { readonly version: string; readonly atMs: number }>();
  #nextSchedulesMs = 0;

  constructor(world: World, reports: ReportService) {
    this.#world = world;
    this.#reports = reports;
    this.#pods = new ScriptedPods(world);
  }

  /** Does what is due by now. */
  async tick(): Promise<void> {
    const { settings } = this.#world;
    if (settings.scheduler) await this.#runSchedules();
    if (settings.argo) await this.#operate();
    if (settings.agent) await this.#reportChanges();
  }

  // --- Argo ---------------------------------------------------------------------------------------------------------

  async #operate(): Promise<void> {
    // A Workflow that has ended and is set back by a retry is new to the controller.
    const unfinished = await this.#world.workflows.list({ name: labels.completed, value: 'true', isNot: true });
    for (const workflow of unfinished) {
      const uid = workflow.metadata.uid ?? '';
      if (this.#isUnreportedStop(workflow)) continue;
      const dueMs = this.#nextLookMs.get(uid) ?? this.#nowMs();
      if (this.#nowMs() < dueMs) continue;
      // From the moment at which it was due: a late look does not shift the later ones.
      this.#nextLookMs.set(uid, Math.max(this.#nowMs(), dueMs + this.#world.settings.stepMs));
      await this.#operateOn(workflow);
    }
  }

  /** Argo takes so long to come back that the agent always sees that a run is being stopped before it has stopped. */
  #isUnreportedStop({ metadata, spec }: Workflow): boolean {
    const isStopping = this.#world.settings.agent && spec.activeDeadlineSeconds !== undefined;
    return isStopping && this.#reported.get(metadata.uid ?? '') !== metadata.resourceVersion;
  }

  async #operateOn(stored: Workflow): Promise<void> {
    if (isFinished(stored.status?.phase)) return;
    const workflow = { ...stored, spec: { ...argoDefaults, ...stored.spec } };
    if (this.#world.settings.argoIsBusy && stored.status?.phase !== 'Running') await this.#postpone(workflow);
    else await this.#advance(workflow);
  }

  async #postpone(workflow: Workflow): Promise<void> {
    if (workflow.status?.phase !== 'Pending') await this.#world.workflows.replace(postponed(workflow));
  }

  async #advance(workflow: Workflow): Promise<void> {
    const now = this.#now();
    const startedAt = workflow.status?.startedAt ?? now;
    const pods = this.#pods.of(workflow);
    const operation = new ArgoOperation(workflow, { pods, now, startedAt });
    const root = operation.run();
    const result = { root, nodes: operation.nodes, startedAt, now, bucket: this.#world.bucket };
    const saved = await this.#world.workflows.replace(withStatus(workflow, result));
    // What could not be saved has not happened: it is looked at again.
    if (!saved) return;
    if (isFinished(root.phase)) this.#nextLookMs.delete(workflow.metadata.uid ?? '');
    await pods.settle(saved);
  }

  // --- persistence agent --------------------------------------------------------------------------------------------

  async #reportChanges(): Promise<void> {
    const unpersisted = await this.#world.workflows.list({ name: labels.persisted, value: 'true', isNot: true });
    for (const workflow of unpersisted) {
      const { uid = '', resourceVersion: version = '' } = workflow.metadata;
      if (this.#reported.get(uid) === version) continue;
      if (this.#dueReports.get(uid)?.version !== version) {
        this.#dueReports.set(uid, { version, atMs: this.#nowMs() + this.#world.settings.reportMs });
      }
      if (this.#nowMs() >= (this.#dueReports.get(uid)?.atMs ?? 0)) await this.#report(workflow);
    }
  }

  async #report(workflow: Workflow): Promise<void> {
    const { uid = '', resourceVersion: version = '' } = workflow.metadata;
    try {
      await this.#reports.report(workflow);
      this.#reported.set(uid, version);
    } catch (error) {
      if (!(error instanceof KfpError)) throw error;
      this.#dueReports.set(uid, { version, atMs: this.#nowMs() + 10 * this.#world.settings.reportMs });
    }
  }

  // --- schedules ----------------------------------------------------------------------------------------------------

  async #runSchedules(): Promise<void> {
    if (this.#nowMs() < this.#nextSchedulesMs) return;
    this.#nextSchedulesMs = this.#nowMs() + this.#world.settings.scheduleMs;
    const enabled = this.#world.database.recurringRuns.all().filter(({ isEnabled }) => isEnabled);
    for (const row of enabled) await this.#fire(row);
  }

  async #fire(row: RecurringRunRow): Promise<void> {
    const dueAt = dueTime(row, nowSeconds(this.#world));
    if (dueAt === undefined) return;
    const mine = await this.#world.workflows.list({ name: labels.scheduledWorkflow, value: row.scheduleName });
    const active = mine.filter(({ status }) => !isFinished(status?.phase));
    if (active.length >= row.maxConcurrency) return;
    row.lastIndex += 1;
    row.lastTriggeredAt = dueAt;
    row.updatedAt = nowSeconds(this.#world);
    await this.#world.workflows.create(this.#scheduledWorkflow(row, dueAt));
    this.#world.database.recurringRuns.put(row);
  }

  #scheduledWorkflow(row: RecurringRunRow, dueAt: number): Workflow {
    const { spec, pipelineId, versionId } = row.source;
    const reference = { pipeline_id: pipelineId, pipeline_version_id: versionId };
    const { template } = resolveSource(
      this.#world,
      spec ? { pipeline_spec: spec } : { pipeline_version_reference: reference },
    );
    const indexed = `${row.scheduleName}-${row.lastIndex}`;
    const name = `${indexed}-${fnv1a(indexed)}`;
    const compiled = compileWorkflow({
      template,
      namespace: row.namespace,
      runId: this.#world.identities.id('scheduled-run', name),
      runName: row.name,
      parameters: row.parameters,
      serviceAccount: row.serviceAccount || defaultAccount(this.#world),
      suffix: () => '',
    });
    const marks = {
      ...compiled.metadata.labels,
      [labels.scheduledWorkflow]: row.scheduleName,
      [labels.isOwnedBySchedule]: 'true',
      [labels.scheduleIndex]: String(row.lastIndex),
      [labels.scheduledEpoch]: String(dueAt),
    };
    return { ...compiled, metadata: { ...compiled.metadata, name, generateName: undefined, labels: marks } };
  }

  #nowMs(): number {
    return this.#world.clock.now().getTime();
  }

  #now(): string {
    return this.#world.clock.now().toISOString().replace(/\.\d+/u, '');
  }
}
