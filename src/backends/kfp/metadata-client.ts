import { type CallOptions as GrpcCallOptions, Client, credentials, type ServiceError, status } from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';
import { z } from 'zod';
import type { Clock } from '../../base/clock.ts';
import { RetryableError, TerminalError } from '../../base/errors.ts';
import type { CallOptions } from './kfp-client.ts';
import { metadataProtocol } from './metadata-proto.ts';
import { plainStruct } from './plain-struct.ts';
import type { JsonValue } from './kfp-objects.ts';

const callTimeoutMs = 15_000;
const answerLimitBytes = 32 * 1024 * 1024;

export interface MetadataSettings {
  /** `http://host:port` for plain gRPC, `https://host:port` for TLS. */
  readonly url: string;
  readonly ca?: string | undefined;
  readonly clock: Clock;
}

/** A step of a run in ML Metadata, with what it wrote. */
export interface MetadataExecution {
  readonly id: string;
  /** system.DAGExecution, system.ContainerExecution, system.ImporterExecution. */
  readonly type: string;
  readonly properties: Readonly<Record<string, JsonValue>>;
}

export interface MetadataArtifact {
  readonly id: string;
  readonly name: string;
  /** system.Model, system.Metrics, … */
  readonly type: string;
  readonly uri: string;
  readonly properties: Readonly<Record<string, JsonValue>>;
}

export interface MetadataEvent {
  readonly artifactId: string;
  readonly executionId: string;
  readonly isOutput: boolean;
  /** Name of the output it is, when the event says so. */
  readonly name: string;
}

/** ML Metadata has no rights of its own: it is only ever asked for a run that the asker may read. */
export interface MetadataStore {
  executionsOfRun(runId: string): Promise<readonly MetadataExecution[]>;
  eventsOf(executionIds: readonly string[]): Promise<readonly MetadataEvent[]>;
  artifacts(ids: readonly string[]): Promise<readonly MetadataArtifact[]>;
}

/** Opens a connection for the work and closes it after. */
export async function withMetadataStore<T>(
  settings: MetadataSettings,
  options: CallOptions,
  work: (store: MetadataStore) => Promise<T>,
): Promise<T> {
  const client = open(settings);
  try {
    return await work(storeOver(client, settings, options));
  } finally {
    client.close();
  }
}

function open({ url, ca }: MetadataSettings): Client {
  const { protocol, host } = new URL(url);
  const channel =
    protocol === 'https:'
      ? credentials.createSsl(ca === undefined ? null : Buffer.from(ca))
      : credentials.createInsecure();
  return new Client(host, channel, { 'grpc.max_receive_message_length': answerLimitBytes });
}

const value = z.object({
  intValue: z.coerce.number().optional(),
  doubleValue: z.number().optional(),
  stringValue: z.string().optional(),
  boolValue: z.boolean().optional(),
  structValue: z.unknown().optional(),
});
const properties = z
  .record(z.string(), value)
  .default({})
  .transform((entries) => Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, plain(entry)])));

function plain(entry: z.output<typeof value>): JsonValue {
  if (entry.structValue !== undefined) return plainStruct(entry.structValue);
  return entry.stringValue ?? entry.doubleValue ?? entry.intValue ?? entry.boolValue ?? null;
}

const text = z.string().default('');
const contextAnswer = z.object({ context: z.object({ id: z.string() }).nullish() });
const executionsAnswer = z.object({
  executions: z.array(z.object({ id: text, type: text, customProperties: properties })).default([]),
});
const eventsAnswer = z.object({
  events: z
    .array(
      z.object({
        artifactId: text,
        executionId: text,
        type: z.number().default(0),
        path: z.object({ steps: z.array(z.object({ key: z.string().optional() })).default([]) }).nullish(),
      }),
    )
    .default([]),
});
const artifactsAnswer = z.object({
  artifacts: z
    .array(z.object({ id: text, name: text, type: text, uri: text, customProperties: properties }))
    .default([]),
});

/** Event types DECLARED_OUTPUT and OUTPUT. */
const outputTypes = new Set([1, 4]);

function storeOver(client: Client, settings: MetadataSettings, options: CallOptions): MetadataStore {
  const ask = async <T>(schema: z.ZodType<T>, method: string, request: object) =>
    schema.parse(await call(client, { method, request, clock: settings.clock }, options));
  return {
    executionsOfRun: async (runId) => {
      const named = { typeName: 'system.PipelineRun', contextName: runId };
      const { context } = await ask(contextAnswer, 'GetContextByTypeAndName', named);
      if (!context) return [];
      const { executions } = await ask(executionsAnswer, 'GetExecutionsByContext', { contextId: context.id });
      return executions.map(({ id, type, customProperties }) => ({ id, type, properties: customProperties }));
    },
    eventsOf: async (executionIds) => {
      if (executionIds.length === 0) return [];
      const { events } = await ask(eventsAnswer, 'GetEventsByExecutionIDs', { executionIds });
      return events.map(({ artifactId, executionId, type, path }) => ({
        artifactId,
        executionId,
        isOutput: outputTypes.has(type),
        name: path?.steps.find(({ key }) => key !== undefined)?.key ?? '',
      }));
    },
    artifacts: async (artifactIds) => {
      if (artifactIds.length === 0) return [];
      const { artifacts } = await ask(artifactsAnswer, 'GetArtifactsByID', { artifactIds });
      return artifacts.map(({ customProperties, ...artifact }) => ({ ...artifact, properties: customProperties }));
    },
  };
}

interface Method {
  readonly path: string;
  readonly serialize: (request: object) => Buffer;
  readonly deserialize: (bytes: Buffer) => unknown;
}

let methods: ReadonlyMap<string, Method> | undefined;

/** Built on first use: few processes ever speak this protocol. */
function methodOf(name: string): Method {
  methods ??= new Map(
    Object.entries(
      fromJSON(metadataProtocol, { longs: String })['ml_metadata.MetadataStoreService'] as Record<
        string,
        { path: string; requestSerialize: Method['serialize']; responseDeserialize: Method['deserialize'] }
      >,
    ).map(([method, { path, requestSerialize, responseDeserialize }]) => [
      method,
      { path, serialize: requestSerialize, deserialize: responseDeserialize },
    ]),
  );
  const method = methods.get(name);
  if (!method) throw new Error(`the protocol has no method ${name}`);
  return method;
}

function call(
  client: Client,
  { method, request, clock }: { method: string; request: object; clock: Clock },
  { signal }: CallOptions,
): Promise<unknown> {
  const { path, serialize, deserialize } = methodOf(method);
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const limits: GrpcCallOptions = { deadline: new Date(clock.now().getTime() + callTimeoutMs) };
    const pending = client.makeUnaryRequest(path, serialize, deserialize, request, limits, (error, answer) => {
      signal.removeEventListener('abort', cancel);
      if (signal.aborted) reject(signal.reason as Error);
      else if (error) reject(translated(error));
      else resolve(answer ?? {});
    });
    const cancel = () => {
      pending.cancel();
    };
    signal.addEventListener('abort', cancel, { once: true });
  });
}

const passing = new Set([status.UNAVAILABLE, status.DEADLINE_EXCEEDED, status.RESOURCE_EXHAUSTED, status.ABORTED]);

function translated(error: ServiceError): Error {
  if (passing.has(error.code)) {
    return new RetryableError('MetadataUnavailable', `ML Metadata cannot be asked now: ${error.details}`, {
      cause: error,
    });
  }
  return new TerminalError(
    'MetadataRefused',
    `ML Metadata answered ${error.details}; check backends.kfp.metadataURL of the SwarmConfig.`,
    { cause: error },
  );
}
