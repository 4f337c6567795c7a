import { type Clock } from '../../../src/base/clock.ts';
import { type KfpSimulator, type KfpSimulatorOptions, startKfpSimulator } from '../simulator/start-kfp-simulator.ts';
import { labels, type Workflow } from '../simulator/workflows/workflow.ts';
import { type SimulatorSettings } from '../simulator/world.ts';
import { type ComparableAnswer, differences } from './compare-answers.ts';
import { RecordedIdentities } from './recorded-identities.ts';
import { contentOf, type RecordedPart } from './recorded-files.ts';
import { type Json, type RecordedLine, type RecordedRequest } from './recorded-lines.ts';
import { observedDifferences } from './observed.ts';

export interface Disagreement {
  readonly line: string;
  readonly differences: readonly string[];
}

export interface ReplayResult {
  readonly compared: number;
  readonly disagreements: readonly Disagreement[];
}

/** What was switched on or off around the recorded server, and when. */
export interface Switch {
  readonly at: string;
  readonly settings: Partial<SimulatorSettings>;
}

export interface ReplayOptions {
  readonly lines: readonly RecordedLine[];
  readonly switches: readonly Switch[];
  readonly simulator: KfpSimulatorOptions;
  /** Headers of the recording to headers that are good here. */
  readonly headersOf?: (line: RecordedLine) => Readonly<Record<string, string>>;
  /** What has to be there before a line, because the recording leaves its creation out. */
  readonly prepare?: (line: RecordedLine, simulator: KfpSimulator) => Promise<void>;
}

const tickMs = 250;

/** Sends every recorded request at its recorded time to a fresh simulator and compares the answers. */
export async function replay(options: ReplayOptions): Promise<ReplayResult> {
  const replaying = await Replay.start(options);
  try {
    return await replaying.run();
  } finally {
    await replaying.close();
  }
}

/** A wall clock that stands where the replay has put it. */
class RecordedClock implements Clock {
  #now: Date;
  constructor(start: string) {
    this.#now = new Date(start);
  }
  set(time: Date): void {
    this.#now = time;
  }
  now(): Date {
    return this.#now;
  }
  monotonicMs(): number {
    return this.#now.getTime();
  }
  sleep(): Promise<void> {
    return Promise.reject(new Error('nothing sleeps in a replay'));
  }
  schedule(): () => void {
    throw new Error('nothing is scheduled in a replay');
  }
}

class Replay {
  readonly #options: ReplayOptions;
  readonly #simulator: KfpSimulator;
  readonly #clock: RecordedClock;
  readonly #identities: RecordedIdentities;
  readonly #pending: Switch[];
  /** Tokens and versions of the recording to those of the simulator. */
  readonly #tokens = new Map<string, string>();
  readonly #versions = new Map<string, string>();
  readonly #generations = new Map<string, number>();

  private constructor(
    options: ReplayOptions,
    parts: { simulator: KfpSimulator; clock: RecordedClock; identities: RecordedIdentities },
  ) {
    this.#options = options;
    this.#simulator = parts.simulator;
    this.#clock = parts.clock;
    this.#identities = parts.identities;
    this.#pending = [...options.switches];
  }

  static async start(options: ReplayOptions): Promise<Replay> {
    const clock = new RecordedClock(options.lines[0]?.at ?? '2026-01-01T00:00:00Z');
    const identities = new RecordedIdentities(options.lines);
    const simulator = await startKfpSimulator({ ...options.simulator, clock, identities, tickMs: 0 });
    return new Replay(options, { simulator, clock, identities });
  }

  async close(): Promise<void> {
    await this.#simulator.close();
  }

  async run(): Promise<ReplayResult> {
    const disagreements: Disagreement[] = [];
    for (const line of this.#options.lines) {
      await this.#advanceTo(new Date(line.at));
      this.#identities.line = undefined;
      await this.#options.prepare?.(line, this.#simulator);
      const found = line.observed ? await observedDifferences(line, this.#simulator) : await this.#exchange(line);
      const name = `${line.file} ${line.seq} ${line.case}`;
      if (found.length > 0) disagreements.push({ line: name, differences: found });
    }
    return { compared: this.#options.lines.length, disagreements };
  }

  /** Lets time pass up to the moment, with everything that happens by itself. */
  async #advanceTo(moment: Date): Promise<void> {
    while (this.#clock.now() < moment) {
      const next = Math.min(this.#clock.now().getTime() + tickMs, moment.getTime());
      this.#clock.set(new Date(next));
      while (this.#pending[0] && new Date(this.#pending[0].at) <= this.#clock.now()) {
        Object.assign(this.#simulator.settings, this.#pending.shift()?.settings);
      }
      await this.#simulator.tick();
    }
  }

  async #exchange(line: RecordedLine): Promise<string[]> {
    const { request, response } = line;
    if (!request || !response) return [`the line has no ${request ? 'response' : 'request'}`];
    this.#identities.line = line;
    this.#takeCreationTime(line);
    await this.#writeReported(line, request);
    const recorded: ComparableAnswer = {
      status: response.status,
      contentType: response.headers['content-type'],
      body: response.body,
    };
    const actual = await this.#send(line, request);
    this.#learnToken(recorded.body, actual.body);
    return differences(recorded, actual, !request.query.includes('filter='));
  }

  /** An answer says when the server created what was asked for, which may be a second after the request. */
  #takeCreationTime({ request, response }: RecordedLine): void {
    const body = response?.body as { created_at?: string } | null | undefined;
    const createdAt = new Date(body?.created_at ?? 0);
    if (request?.method === 'POST' && createdAt > this.#clock.now()) this.#clock.set(createdAt);
  }

  async #send(line: RecordedLine, request: RecordedRequest): Promise<ComparableAnswer> {
    const { body, headers } = encoded(request, line.case);
    const query = this.#knownTokens(request.query);
    const own = this.#options.headersOf?.(line) ?? request.headers;
    const response = await fetch(`${this.#simulator.url}${request.path}${query === '' ? '' : `?${query}`}`, {
      method: request.method,
      headers: { ...own, ...headers },
      redirect: 'manual',
      ...(body !== undefined && { body: this.#knownVersions(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      contentType: response.headers.get('content-type') ?? undefined,
      body: parsed(text),
    };
  }

  #knownTokens(query: string): string {
    let known = query;
    for (const [recorded, own] of this.#tokens) {
      known = known.replaceAll(encodeURIComponent(recorded), encodeURIComponent(own)).replaceAll(recorded, own);
    }
    return known;
  }

  #learnToken(recorded: Json, actual: Json): void {
    const tokenOf = (body: Json) => (body as { next_page_token?: string } | null)?.next_page_token;
    const [theirs, ours] = [tokenOf(recorded), tokenOf(actual)];
    if (theirs !== undefined && ours !== undefined) this.#tokens.set(theirs, ours);
  }

  /**
   * Some reports of the recording were made by hand: the Workflow was written first. A generation that was not seen yet
   * means that it was.
   */
  async #writeReported(line: RecordedLine, request: RecordedRequest): Promise<void> {
    const reported = reportedWorkflow(request);
    if (!reported || !this.#isNewGeneration(reported)) return;
    const { name, namespace } = reported.metadata;
    const { generation, resourceVersion } = versionOf(reported);
    const { workflows } = this.#simulator.world;
    const live = await workflows.get(namespace, name);
    if (!live) return;
    const isWritten = generation > 1 && line.response?.status === 200;
    const after = isWritten ? await workflows.replace({ ...live, status: reported.status }) : live;
    if (after) this.#versions.set(resourceVersion, after.metadata.resourceVersion ?? '');
  }

  #isNewGeneration(workflow: Workflow): boolean {
    const { name } = workflow.metadata;
    const { generation } = versionOf(workflow);
    if ((this.#generations.get(name) ?? 0) >= generation) return false;
    this.#generations.set(name, generation);
    return true;
  }

  #knownVersions(body: string | Buffer): string | Buffer {
    if (typeof body !== 'string' || !body.includes('resourceVersion')) return body;
    return body.replaceAll(/(\\"resourceVersion\\":\s*\\")(\d+)/gu, (whole, before: string, version: string) => {
      return `${before}${this.#versions.get(version) ?? version}`;
    });
  }
}

function versionOf({ metadata: { generation = 0, resourceVersion = '' } }: Workflow) {
  return { generation, resourceVersion };
}

function reportedWorkflow({ path, body }: RecordedRequest): Workflow | undefined {
  if (path !== '/apis/v2beta1/workflows' || typeof body !== 'string') return undefined;
  try {
    const workflow = JSON.parse(body) as Workflow;
    return workflow.metadata.labels?.[labels.runId] === undefined ? undefined : workflow;
  } catch {
    return undefined;
  }
}

function encoded(
  { body, headers }: RecordedRequest,
  caseName: string,
): { body?: string | Buffer; headers?: Record<string, string> } {
  if (body === null) return {};
  if (typeof body === 'object' && !Array.isArray(body)) {
    if (typeof body['text'] === 'string' && Object.keys(body).length === 1) return { body: body['text'] };
    if (Array.isArray(body['multipart']))
      return multipart(body['multipart'] as unknown as RecordedPart[], { headers, caseName });
  }
  return { body: repeatedKey[caseName] ?? JSON.stringify(body) };
}

/** What a parsed body cannot show. */
const repeatedKey: Readonly<Record<string, string>> = {
  'duplicate JSON key': '{"name": "dupkey1", "name": "dupkey2"}',
};

function multipart(
  parts: readonly RecordedPart[],
  { headers, caseName }: { headers: RecordedRequest['headers']; caseName: string },
): { body: Buffer; headers: Record<string, string> } {
  const boundary = 'recboundary7d1';
  const sections = parts.flatMap((part) => [
    Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="${part.name}"; filename="${part.filename}"\r\n` +
        `Content-Type: ${part.contentType}\r\n\r\n`,
    ),
    contentOf(part, caseName),
    Buffer.from('\r\n'),
  ]);
  return {
    body: Buffer.concat([...sections, Buffer.from(`--${boundary}--\r\n`)]),
    headers: { ...headers, 'content-type': `multipart/form-data; boundary=${boundary}` },
  };
}

/** As the recording keeps bodies: JSON, `{text}` for anything else, null for none. */
function parsed(text: string): Json {
  if (text === '') return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return { text };
  }
}
