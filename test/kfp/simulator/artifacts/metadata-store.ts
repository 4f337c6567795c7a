/** ML Metadata as far as KFP's own user interface asks for it: contexts of runs, executions, events and artifacts. */
export interface MetadataValue {
  readonly string_value?: string;
  readonly int_value?: number;
  readonly double_value?: number;
  readonly struct_value?: object;
}

export type Properties = Readonly<Record<string, MetadataValue>>;

export interface MetadataContext {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly custom_properties: Properties;
}

export interface MetadataExecution {
  readonly id: number;
  readonly type: string;
  readonly name: string;
  /** 2 RUNNING, 3 COMPLETE, 4 FAILED, 5 CACHED: the numbers of the protocol. */
  last_known_state: number;
  readonly custom_properties: Properties;
}

export interface MetadataArtifact {
  readonly id: number;
  readonly type: string;
  readonly uri: string;
  /** 2 LIVE */
  readonly state: number;
  readonly custom_properties: Properties;
}

export interface MetadataEvent {
  readonly artifact_id: number;
  readonly execution_id: number;
  /** 3 INPUT, 4 OUTPUT */
  readonly type: number;
  /** The name of the input or output. */
  readonly key: string;
}

export class MetadataStore {
  readonly #contexts = new Map<string, MetadataContext>();
  readonly #executions = new Map<number, MetadataExecution>();
  readonly #artifacts = new Map<number, MetadataArtifact>();
  readonly #executionsOf = new Map<number, number[]>();
  readonly events: MetadataEvent[] = [];
  #lastId = 0;

  /** The context of a run; made on first use. */
  runContext(runId: string, properties: Properties): MetadataContext {
    const key = `system.PipelineRun/${runId}`;
    const context = this.#contexts.get(key) ?? {
      id: this.#next(),
      name: runId,
      type: 'system.PipelineRun',
      custom_properties: properties,
    };
    this.#contexts.set(key, context);
    return context;
  }

  addExecution(context: MetadataContext, execution: Omit<MetadataExecution, 'id'>): MetadataExecution {
    const stored = { ...execution, id: this.#next() };
    this.#executions.set(stored.id, stored);
    this.#executionsOf.set(context.id, [...(this.#executionsOf.get(context.id) ?? []), stored.id]);
    return stored;
  }

  addArtifact(execution: MetadataExecution, name: string, artifact: Omit<MetadataArtifact, 'id'>): MetadataArtifact {
    const stored = { ...artifact, id: this.#next() };
    this.#artifacts.set(stored.id, stored);
    this.events.push({ artifact_id: stored.id, execution_id: execution.id, type: 4, key: name });
    return stored;
  }

  contextByTypeAndName(type: string, name: string): MetadataContext | undefined {
    return this.#contexts.get(`${type}/${name}`);
  }

  executionsByContext(contextId: number): MetadataExecution[] {
    return (this.#executionsOf.get(contextId) ?? []).flatMap((id) => this.#executions.get(id) ?? []);
  }

  eventsByExecutionIds(ids: readonly number[]): MetadataEvent[] {
    return this.events.filter(({ execution_id }) => ids.includes(execution_id));
  }

  artifactsById(ids: readonly number[]): MetadataArtifact[] {
    return ids.flatMap((id) => this.#artifacts.get(id) ?? []);
  }

  #next(): number {
    return ++this.#lastId;
  }
}
