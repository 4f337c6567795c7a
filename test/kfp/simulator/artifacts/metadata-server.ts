import {
  loadPackageDefinition,
  type sendUnaryData,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceClientConstructor,
  status,
  type UntypedHandleCall,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { fileURLToPath } from 'node:url';
import {
  type MetadataArtifact,
  type MetadataContext,
  type MetadataExecution,
  type MetadataStore,
  type MetadataValue,
  type Properties,
} from './metadata-store.ts';

const protocolPath = fileURLToPath(new URL('./ml-metadata.proto', import.meta.url));

interface Protocol {
  readonly ml_metadata: { readonly MetadataStoreService: ServiceClientConstructor };
}

/** ML Metadata by gRPC: the four calls with which KFP's user interface follows a run to its artifacts. */
export class MetadataServer {
  /** Host and port. */
  readonly address: string;
  readonly #server: Server;

  private constructor(server: Server, address: string) {
    this.#server = server;
    this.address = address;
  }

  static async start(store: MetadataStore, host: string): Promise<MetadataServer> {
    const definition = loadSync(protocolPath, { keepCase: true, longs: Number });
    const { ml_metadata } = loadPackageDefinition(definition) as unknown as Protocol;
    const server = new Server();
    server.addService(ml_metadata.MetadataStoreService.service, handlersOf(store));
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync(`${host}:0`, ServerCredentials.createInsecure(), (error, bound) => {
        if (error) reject(error);
        else resolve(bound);
      });
    });
    return new MetadataServer(server, `${host}:${port}`);
  }

  close(): void {
    this.#server.forceShutdown();
  }
}

/** @returns undefined for what does not exist */
type Answer<Request> = (request: Request) => object | undefined;

function unary<Request>(answer: Answer<Request>): UntypedHandleCall {
  return (call: ServerUnaryCall<Request, object>, callback: sendUnaryData<object>) => {
    const found = answer(call.request);
    if (found) callback(null, found);
    else callback({ code: status.NOT_FOUND, details: 'No context found' });
  };
}

const handlersOf = (store: MetadataStore): Record<string, UntypedHandleCall> => ({
  GetContextByTypeAndName: unary((request: { type_name: string; context_name: string }) => {
    const context = store.contextByTypeAndName(request.type_name, request.context_name);
    // The real server answers without a context where there is none.
    return context ? { context: contextMessage(context) } : {};
  }),
  GetExecutionsByContext: unary((request: { context_id: number }) => ({
    executions: store.executionsByContext(request.context_id).map(executionMessage),
  })),
  GetEventsByExecutionIDs: unary((request: { execution_ids: number[] }) => ({
    events: store
      .eventsByExecutionIds(request.execution_ids)
      .map(({ key, ...event }) => ({ ...event, path: { steps: [{ key }] } })),
  })),
  GetArtifactsByID: unary((request: { artifact_ids: number[] }) => ({
    artifacts: store.artifactsById(request.artifact_ids).map(artifactMessage),
  })),
});

const contextMessage = (context: MetadataContext) => ({
  ...context,
  custom_properties: valuesOf(context.custom_properties),
});
const executionMessage = (execution: MetadataExecution) => ({
  ...execution,
  custom_properties: valuesOf(execution.custom_properties),
});
const artifactMessage = (artifact: MetadataArtifact) => ({
  ...artifact,
  custom_properties: valuesOf(artifact.custom_properties),
});

function valuesOf(properties: Properties): Record<string, object> {
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, valueMessage(value)]));
}

function valueMessage(value: MetadataValue): object {
  return value.struct_value === undefined ? value : { struct_value: structMessage(value.struct_value) };
}

/** google.protobuf.Struct, as a value that is no message type of its own has to be written. */
function structMessage(fields: object): object {
  return { fields: Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, anyMessage(value)])) };
}

function anyMessage(value: unknown): object {
  if (value === null || value === undefined) return { nullValue: 0 };
  if (typeof value === 'number') return { numberValue: value };
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (Array.isArray(value)) return { listValue: { values: value.map(anyMessage) } };
  return { structValue: structMessage(value) };
}
