import { type RunRow } from '../store/rows.ts';
import { type Node, podNameOf, type Workflow } from '../workflows/workflow.ts';
import { type World } from '../world.ts';
import { type Json } from './answers.ts';
import { type ApiRequest, RawAnswer, textAnswer } from './api-request.ts';

const plainText = 'text/plain; charset=utf-8';

/** Archived logs and artifacts: handlers beside the gateway, whose errors come as text, for logs even with status 200. */
export class LogService {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** Asks for no identity, in no mode. */
  async log(request: ApiRequest): Promise<RawAnswer> {
    const [runId, wanted] = [request.part('id'), request.part('node')];
    const reading = `BadRequestError: Failed to read logs for run ${runId}`;
    const row = this.#world.database.runs.get(runId);
    if (!row) {
      const cause = `Failed to fetch run ${runId}: ResourceNotFoundError: Run ${runId} not found`;
      return errorText(200, `${reading} due to run fetching error: ${cause}`);
    }
    const archive = `${reading}: InternalServerError: Failed to read logs from archive ${wanted}`;
    if (row.manifest === '') {
      const cause = 'Invalid input error: Runtime workflow manifest cannot empty';
      return errorText(200, `${archive} due to empty runtime workflow manifest: ${cause}`);
    }
    const workflow = JSON.parse(row.manifest) as Workflow;
    const key = keyOf(workflow, wanted, 'main-logs') ?? `/artifacts/${workflow.metadata.name}/${wanted}/main.log`;
    const text = await this.#world.objects.get(key);
    if (text !== undefined) return textAnswer(200, text);
    const blob = `blob (key ${JSON.stringify(key)}) (code=NotFound): operation error S3: GetObject, https response error`;
    const s3 = `StatusCode: 404, RequestID: 0, HostID: 0, NoSuchKey: The specified key does not exist.`;
    const cause = `InternalServerError: Failed to get file reader for ${key}: ${blob} ${s3}`;
    return errorText(200, `${archive} due to error fetching the log file: ${cause}`);
  }

  /** In multi-user mode the handler loses the identity on its way to the check, so that nobody may read. */
  async artifact(request: ApiRequest): Promise<Json | RawAnswer> {
    const row = this.#world.database.runs.get(request.part('id'));
    if (row && this.#world.access) return errorText(403, lostIdentity(row));
    const workflow = row && row.manifest !== '' ? (JSON.parse(row.manifest) as Workflow) : undefined;
    const key = workflow && keyOf(workflow, request.part('node'), request.part('artifact'));
    const content = key === undefined ? undefined : await this.#world.objects.get(key);
    if (content === undefined) return errorText(404, 'artifact not found: <nil>');
    return { data: Buffer.from(content).toString('base64') };
  }
}

function keyOf(workflow: Workflow, wanted: string, artifact: string): string | undefined {
  const isWanted = (node: Node) => node.id === wanted || podNameOf(workflow.metadata.name, node) === wanted;
  const node = Object.values(workflow.status?.nodes ?? {}).find((one) => one.type === 'Pod' && isWanted(one));
  return node?.outputs?.artifacts?.find(({ name }) => name === artifact)?.s3.key;
}

function errorText(status: number, message: string): RawAnswer {
  return new RawAnswer(status, plainText, JSON.stringify({ error_message: message, error_details: message }));
}

function lostIdentity({ id, namespace }: RunRow): string {
  const noHeader = 'Request header error: there is no user identity header.';
  const access = `Failed to access run ${id}. Check if you have access to namespace ${namespace}`;
  const empty = 'Unauthenticated: Failed to check authorization. User identity is empty in the request header';
  return `Failed to authorize the request: ${access}: ${empty}: Unauthenticated: ${noHeader}: ${noHeader}`;
}
