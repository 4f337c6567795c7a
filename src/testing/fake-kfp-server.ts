import { randomUUID } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import type { ResourceType } from '../kube/kube-client.ts';
import type { FakeKube } from './fake-kube.ts';

export interface SeenKfpRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  readonly body: unknown;
}

export interface KfpAnswer {
  readonly status?: number;
  readonly contentType?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text is sent as it is, everything else as JSON. */
  readonly body?: unknown;
}

type Handler = (request: SeenKfpRequest) => KfpAnswer | Promise<KfpAnswer>;
type Row = Record<string, unknown> & { readonly created_at: string };

/** Where the server dies while it makes a run; what was done before stays. */
export type DeathPoint = 'before-workflow' | 'after-workflow' | 'after-row';

export const workflowType: ResourceType = {
  group: 'argoproj.io',
  version: 'v1alpha1',
  plural: 'workflows',
  kind: 'Workflow',
  namespaced: true,
};

const root = '/apis/v2beta1';
const namespace = 'kubeflow';

/**
 * Just enough of KFP's API server for the protocol of submissions, as a `fetch`: a Workflow first, a row later, and
 * either of them lost. Everything else is answered as a test says.
 */
export class FakeKfpServer {
  readonly requests: SeenKfpRequest[] = [];
  readonly rows = new Map<string, Row>();
  readonly schedules = new Map<string, Row>();
  readonly terminated: string[] = [];
  /** Names of all Workflows that were ever created. */
  readonly workflows: string[] = [];
  ignoresIds = false;
  /** The next creation dies here, and the connection with it. */
  diesAt: DeathPoint | undefined;
  readonly #kube: FakeKube;
  readonly #clock: Clock;
  readonly #handlers = new Map<string, Handler>();

  constructor({ kube, clock }: { readonly kube: FakeKube; readonly clock: Clock }) {
    this.#kube = kube;
    this.#clock = clock;
  }

  /** @param route for example `GET /runs/x`; replaces what the server would do. */
  on(route: string, answer: KfpAnswer | Handler): void {
    this.#handlers.set(route, typeof answer === 'function' ? answer : () => answer);
  }

  /** The server does as usual again. */
  forget(route: string): void {
    this.#handlers.delete(route);
  }

  readonly fetch: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    request.signal.throwIfAborted();
    const url = new URL(request.url);
    const text = await request.text();
    const isJson = request.headers.get('content-type') === 'application/json';
    const seen: SeenKfpRequest = {
      method: request.method,
      path: decodeURIComponent(url.pathname.replace(root, '')),
      query: url.searchParams,
      headers: request.headers,
      body: isJson ? (JSON.parse(text) as unknown) : text,
    };
    this.requests.push(seen);
    const handler = this.#handlers.get(`${seen.method} ${seen.path}`) ?? ((asked) => this.#answer(asked));
    return responseOf(await handler(seen));
  };

  async #answer(request: SeenKfpRequest): Promise<KfpAnswer> {
    const { method, path } = request;
    const [, collection = '', id = ''] = /^\/(\w+)\/?([^:]*)/.exec(path) ?? [];
    if (path === '/healthz') return { body: { tag_name: '2.17.0' } };
    if (path.endsWith(':terminate')) return this.#terminate(id);
    if (method === 'GET') return this.#read(collection, id, request.query.get('filter'));
    return collection === 'runs' ? this.createRun(request) : this.#createSchedule(request.body as object);
  }

  #read(collection: string, id: string, filter: string | null): KfpAnswer {
    const rows = collection === 'runs' ? this.rows : this.schedules;
    if (id !== '') return found(rows.get(id), `${collection} ${id} not found`);
    const listed = [...rows.values()].filter((row) => fits(row, filter));
    return { body: { [collection === 'runs' ? 'runs' : 'recurringRuns']: listed, total_size: listed.length } };
  }

  /** What POST /runs does, for a handler of a test to go on with. */
  async createRun(request: SeenKfpRequest): Promise<KfpAnswer> {
    const body = request.body as Record<string, unknown>;
    const id = this.ignoresIds ? randomUUID() : String(body['run_id']);
    const death = this.diesAt;
    this.diesAt = undefined;
    if (death === 'before-workflow') throw reset();
    await this.#createWorkflow(id);
    if (death === 'after-workflow') throw reset();
    if (this.rows.has(id))
      return { status: 500, body: { code: 13, message: 'Failed to store run to table', details: [{}] } };
    const row = { ...body, run_id: id, state: 'PENDING', created_at: this.#now() };
    this.rows.set(id, row);
    if (death === 'after-row') throw reset();
    return { body: row };
  }

  #createSchedule(body: object): KfpAnswer {
    const death = this.diesAt;
    this.diesAt = undefined;
    if (death === 'before-workflow') throw reset();
    const row = { ...body, recurring_run_id: randomUUID(), status: 'ENABLED', created_at: this.#now() };
    this.schedules.set(row.recurring_run_id, row);
    if (death !== undefined) throw reset();
    return { body: row };
  }

  async #createWorkflow(runId: string): Promise<void> {
    const name = `wf-${this.workflows.length}`;
    this.workflows.push(name);
    const metadata = { name, namespace, labels: { 'pipeline/runid': runId }, creationTimestamp: this.#now() };
    await this.#kube.create(workflowType, {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Workflow',
      metadata,
    });
  }

  #terminate(id: string): KfpAnswer {
    const row = this.rows.get(id);
    if (!row) return found(undefined, `Run ${id} not found`);
    if (row['state'] !== 'PENDING' && row['state'] !== 'RUNNING') {
      return refusal(400, `Failed to terminate a run ${id}. Row not found`);
    }
    this.terminated.push(id);
    this.rows.set(id, { ...row, state: 'CANCELING' });
    return { body: {} };
  }

  #now(): string {
    return this.#clock.now().toISOString();
  }
}

export function refusal(status: number, message: string): KfpAnswer {
  return { status, body: { code: 3, message: `internal text: ${message}`, details: [{ message }] } };
}

/** What fetch throws when the connection breaks. */
function reset(): TypeError {
  return new TypeError('fetch failed', { cause: new Error('read ECONNRESET') });
}

function found(row: unknown, message: string): KfpAnswer {
  return row === undefined ? refusal(404, message) : { body: row };
}

/** IS_SUBSTRING, EQUALS and NOT_EQUALS, after decoding the filter once more, as the server does. */
function fits(row: Row, filter: string | null): boolean {
  if (filter === null) return true;
  const { predicates } = JSON.parse(decodeURIComponent(filter)) as {
    predicates: { key: string; operation: string; string_value?: string }[];
  };
  return predicates.every(({ key, operation, string_value: wanted = '' }) => {
    const value = row[key] ?? '';
    if (operation === 'NOT_EQUALS') return value !== wanted;
    return operation === 'IS_SUBSTRING' ? typeof value === 'string' && value.includes(wanted) : value === wanted;
  });
}

function responseOf({ status = 200, contentType = 'application/json', headers = {}, body = {} }: KfpAnswer): Response {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return new Response(text, { status, headers: { 'content-type': contentType, ...headers } });
}
