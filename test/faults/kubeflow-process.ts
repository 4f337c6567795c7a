import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CrashPoint, type SimulatorSettings } from '../kfp/simulator/world.ts';
import { Program, type Exit } from '../support/program.ts';

const script = fileURLToPath(new URL('../kfp/simulator/main.ts', import.meta.url));
const pipelineFile = fileURLToPath(new URL('held-pipeline-kfp.yaml', import.meta.url));
/** How long KFP leaves an execution without a row alone. */
const orphanGraceMs = 120_000;

/** A row of KFP as far as the verdict looks at it. */
export interface KubeflowRow {
  readonly id: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, string>>;
}

export interface KubeflowSettings {
  readonly kubeconfig: string;
  readonly namespace: string;
  /** Its waits are so many times shorter. */
  readonly hurry: number;
}

/** Kubeflow Pipelines as a process that dies and comes back, at the same address and with the same database. */
export class KubeflowProcess {
  readonly #settings: KubeflowSettings;
  readonly #folder = mkdtempSync(join(tmpdir(), 'swarm-kubeflow-'));
  #program: Program;
  #controlUrl = '';
  #url = '';

  private constructor(settings: KubeflowSettings) {
    this.#settings = settings;
    this.#program = this.#launch('0');
  }

  static async start(settings: KubeflowSettings): Promise<KubeflowProcess> {
    const kubeflow = new KubeflowProcess(settings);
    await kubeflow.#reachable();
    await kubeflow.#upload();
    return kubeflow;
  }

  get url(): string {
    return this.#url;
  }

  get exit(): Promise<Exit> {
    return this.#program.exit;
  }

  tail(): string {
    return this.#program.tail();
  }

  /** The next run is made up to this point, and no further. */
  async crashAt(point: CrashPoint): Promise<void> {
    await fetch(`${this.#controlUrl}/settings`, { method: 'PATCH', body: JSON.stringify({ crashAt: point }) });
  }

  kill(): Promise<void> {
    return this.#program.kill();
  }

  async restart(): Promise<void> {
    this.#program = this.#launch(new URL(this.#url).port);
    await this.#reachable();
  }

  async stop(): Promise<void> {
    await this.#program.stop();
    rmSync(this.#folder, { recursive: true });
  }

  runs(): Promise<readonly KubeflowRow[]> {
    return this.#rows('runs', 'run_id');
  }

  schedules(): Promise<readonly KubeflowRow[]> {
    return this.#rows('recurringruns', 'recurring_run_id');
  }

  #launch(port: string): Program {
    const { kubeconfig, namespace, hurry } = this.#settings;
    // Nothing but the drivers is run, so that what is measured is the making of runs.
    const scripts = { '*': { '*': { isCached: true } } };
    const settings: Partial<SimulatorSettings> = { stepMs: 200, orphanGraceMs: orphanGraceMs / hurry, scripts };
    const files = ['--kubeconfig', kubeconfig, '--database', join(this.#folder, 'rows.db')];
    const args = ['--port', port, '--namespace', namespace, ...files, '--settings', JSON.stringify(settings)];
    return new Program({ script, args });
  }

  async #reachable(): Promise<void> {
    const line = await this.#program.firstLine(/^\{"url"/);
    if (line === undefined) throw new Error(`Kubeflow Pipelines did not start:\n${this.tail()}`);
    ({ url: this.#url, controlUrl: this.#controlUrl } = JSON.parse(line) as { url: string; controlUrl: string });
  }

  async #upload(): Promise<void> {
    const form = new FormData();
    form.append('uploadfile', new Blob([await readFile(pipelineFile)]), 'held.yaml');
    const path = '/apis/v2beta1/pipelines/upload?name=held';
    const answer = await fetch(`${this.#url}${path}`, { method: 'POST', body: form });
    if (!answer.ok) throw new Error(`the pipeline was not taken: ${await answer.text()}`);
  }

  async #rows(kind: 'runs' | 'recurringruns', idField: string): Promise<readonly KubeflowRow[]> {
    const rows: KubeflowRow[] = [];
    for (let token: string | undefined = ''; token !== undefined;) {
      const answer = await fetch(`${this.#url}/apis/v2beta1/${kind}?page_size=100&page_token=${token}`);
      const page = (await answer.json()) as Page;
      for (const row of page.runs ?? page.recurringRuns ?? []) {
        const { description = '', runtime_config: { parameters = {} } = {} } = row;
        rows.push({ id: String(row[idField]), description, parameters });
      }
      token = page.next_page_token;
    }
    return rows;
  }
}

interface WireRow extends Readonly<Record<string, unknown>> {
  readonly description?: string;
  readonly runtime_config?: { readonly parameters?: Readonly<Record<string, string>> };
}

interface Page {
  readonly runs?: readonly WireRow[];
  readonly recurringRuns?: readonly WireRow[];
  readonly next_page_token?: string;
}
