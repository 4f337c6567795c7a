import type { Decision, KfpClient, NewKfpRun, RunQuery } from '../kfp-client.ts';
import type { KfpPipeline, KfpRun, KfpVersion } from '../kfp-objects.ts';

export interface KfpUnderTest {
  readonly client: KfpClient;
  /** Comes back when the run has ended. */
  settle(runId: string): Promise<void>;
  close(): Promise<void>;
}

export interface ContractSettings {
  /**
   * Text of a compiled pipeline with two tasks, `train` and `evaluate` after it, and the optional parameters `epochs`
   * (integer, 2) and `lr` (double, 0.01).
   */
  readonly pipelineFile: string;
  setUp(): Promise<KfpUnderTest>;
}

/** One server for the whole suite, with one pipeline on it. */
export class ContractWorld {
  readonly options = { signal: new AbortController().signal };
  readonly #settings: ContractSettings;
  #server: KfpUnderTest | undefined;
  #pipeline: { pipeline: KfpPipeline; version: KfpVersion } | undefined;
  /** Names and keys are new in each run of the suite, for servers that outlive it. */
  readonly #mark = Math.floor(performance.timeOrigin + performance.now()).toString(36);
  #keys = 0;

  constructor(settings: ContractSettings) {
    this.#settings = settings;
  }

  async open(): Promise<void> {
    this.#server = await this.#settings.setUp();
    const request = { ...this.decision(), name: this.name('churn'), file: this.file };
    this.#pipeline = (await this.client.uploadPipeline(request, this.options)).value;
  }

  async close(): Promise<void> {
    await this.#server?.close();
  }

  get client(): KfpClient {
    if (!this.#server) throw new Error('the server under test is not open');
    return this.#server.client;
  }

  get file(): string {
    return this.#settings.pipelineFile;
  }

  get uploaded() {
    if (!this.#pipeline) throw new Error('the pipeline is not uploaded');
    return this.#pipeline;
  }

  name(what: string): string {
    return `${what}-${this.#mark}`;
  }

  now(): Date {
    return new Date(performance.timeOrigin + performance.now());
  }

  decision(): Decision {
    this.#keys += 1;
    const letters = `${this.#mark}${this.#keys}`.replaceAll(/[0189]/g, (digit) => 'abcd'['0189'.indexOf(digit)] ?? 'a');
    const effectKey = letters.padEnd(26, 'z');
    return {
      effectKey,
      argumentsDigest: `sha256:${'a'.repeat(64)}`,
      isOwnDecision: true,
    };
  }

  newRun(name: string, changes: Partial<NewKfpRun> = {}): NewKfpRun {
    const { pipeline, version } = this.uploaded;
    return {
      ...this.decision(),
      name: this.name(name),
      pipelineId: pipeline.id,
      versionId: version.id,
      parameters: {},
      ...changes,
    };
  }

  async start(name: string, changes: Partial<NewKfpRun> = {}): Promise<KfpRun> {
    const submitted = await this.client.submitRun(this.newRun(name, changes), this.options);
    if (submitted.kind === 'conflict') throw new Error(submitted.message);
    return submitted.value;
  }

  async ended(run: KfpRun): Promise<KfpRun | undefined> {
    await this.#server?.settle(run.id);
    return this.client.getRun(run.id, this.options);
  }

  async namesOf(query: Partial<RunQuery>): Promise<readonly string[]> {
    const { runs } = await this.client.listRuns({ limit: 50, ...query }, this.options);
    return runs.map(({ name }) => name);
  }
}
