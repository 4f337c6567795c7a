import { codes, KfpError } from '../protocol/kfp-error.ts';
import { type World } from '../world.ts';
import { type Json, pipelineAnswer, versionAnswer } from './answers.ts';
import { type ApiRequest, RawAnswer, textAnswer, uploadError } from './api-request.ts';
import { fileParts } from './multipart.ts';
import { NativeObjects } from './native-objects.ts';
import { readPipelineFile } from './pipeline-file.ts';
import { type PipelineService } from './pipeline-service.ts';
import { NotYamlError, parseTemplate, TemplateError } from './pipeline-template.ts';

interface Upload {
  readonly name: string;
  readonly template: string;
  readonly tags: Record<string, string>;
}

const plain = 'text/plain';
const json = 'application/json';
const maxTagKeyLength = 63;
const badTags = 'Failed to parse tags query parameter. Expected JSON object with string keys and values';

/** The two upload endpoints, which stand beside the gateway and have error forms of their own. */
export class UploadService {
  readonly #world: World;
  readonly #pipelines: PipelineService;
  readonly #native: NativeObjects;

  constructor(world: World, pipelines: PipelineService) {
    this.#world = world;
    this.#pipelines = pipelines;
    this.#native = new NativeObjects(world);
  }

  async uploadPipeline(request: ApiRequest): Promise<Json | RawAnswer> {
    const upload = readUpload(request);
    if (upload instanceof RawAnswer) return upload;
    const namespace = request.first('namespace');
    const refused = tooLong('Pipeline.Name', upload.name, 128) ?? tooLong('Pipeline.Namespace', namespace, 63);
    if (refused) return refused;
    const nameError = this.#native.nameError(upload.name);
    if (nameError !== undefined) return uploadError(400, nameError, json);
    if (!(await this.#mayCreate(request, { namespace, name: upload.name }))) {
      return uploadError(400, 'Failed to create a pipeline', plain);
    }
    const failure = 'Failed to create a pipeline and a pipeline version';
    return (
      (await templateProblem(upload.template, failure)) ?? tagProblem(upload.tags) ?? this.#insert(request, upload)
    );
  }

  #insert(request: ApiRequest, upload: Upload): Json | RawAnswer {
    const failure = 'Failed to create a pipeline and a pipeline version';
    // The first version takes the pipeline's name, and a version's name may have one character less.
    if (upload.name.length > 127) return uploadError(500, failure, json);
    return orConflict(failure, () => {
      const displayName = request.first('display_name') || upload.name;
      const description = request.first('description');
      const codeSourceUrl = request.first('code_source_url');
      const fields = { name: upload.name, displayName, description };
      const namespace = request.first('namespace');
      const row = this.#pipelines.insert({ ...fields, namespace, tags: upload.tags });
      this.#pipelines.insertVersion({
        ...fields,
        tags: {},
        pipelineId: row.id,
        template: upload.template,
        codeSourceUrl,
      });
      return pipelineAnswer(row);
    });
  }

  async uploadVersion(request: ApiRequest): Promise<Json | RawAnswer> {
    const upload = readUpload(request);
    if (upload instanceof RawAnswer) return upload;
    const refused = tooLong('PipelineVersion.Name', upload.name, 127);
    if (refused) return refused;
    const failure = 'Failed to create a pipeline version';
    const pipeline = this.#world.database.pipelines.get(request.first('pipelineid'));
    if (!pipeline || !(await this.#mayCreate(request, pipeline))) return uploadError(400, failure, plain);
    const problem = (await templateProblem(upload.template, failure)) ?? tagProblem(upload.tags);
    if (problem) return problem;
    return orConflict(failure, () =>
      versionAnswer(
        this.#pipelines.insertVersion({
          ...upload,
          displayName: request.first('display_name') || upload.name,
          description: request.first('description'),
          codeSourceUrl: request.first('code_source_url'),
          pipelineId: pipeline.id,
        }),
      ),
    );
  }

  async #mayCreate(request: ApiRequest, target: { namespace: string; name: string }): Promise<boolean> {
    if (!this.#world.access || target.namespace === '') return true;
    try {
      const { namespace, name } = target;
      await this.#world.access.require(request.headers, { namespace, name, verb: 'create', resource: 'pipelines' });
      return true;
    } catch (error) {
      if (error instanceof KfpError) return false;
      throw error;
    }
  }
}

function readUpload(request: ApiRequest): Upload | RawAnswer {
  const parts = fileParts(request.headers['content-type'] ?? '', request.body);
  const file = parts.find(({ name }) => name === 'uploadfile');
  if (!file) return uploadError(400, 'Failed to read pipeline from file', plain);
  const template = readPipelineFile(file.fileName, file.content);
  if (template === undefined) return uploadError(400, 'Failed to read a pipeline spec file', plain);
  const tags = parseTags(request.first('tags'));
  if (!tags) return uploadError(400, badTags, plain);
  return { name: request.first('name') || file.fileName, template, tags };
}

function parseTags(text: string): Record<string, string> | undefined {
  if (text === '') return {};
  try {
    const tags = JSON.parse(text) as unknown;
    const isMap = typeof tags === 'object' && tags !== null && !Array.isArray(tags);
    return isMap && Object.values(tags).every((value) => typeof value === 'string')
      ? (tags as Record<string, string>)
      : undefined;
  } catch {
    return undefined;
  }
}

function tooLong(field: string, value: string, limit: number): RawAnswer | undefined {
  if (value.length <= limit) return undefined;
  return textAnswer(400, `Invalid input error: ${field} length cannot exceed ${limit}\n`);
}

async function templateProblem(template: string, failure: string): Promise<RawAnswer | undefined> {
  if (template === '') return uploadError(500, failure, json);
  try {
    parseTemplate(template);
    return undefined;
  } catch (error) {
    if (error instanceof TemplateError) return uploadError(400, error.message, json);
    // The real server keeps a core busy and never answers; this one is content with not answering.
    if (error instanceof NotYamlError) return new Promise(() => undefined);
    throw error;
  }
}

function tagProblem(tags: Readonly<Record<string, string>>): RawAnswer | undefined {
  for (const key of Object.keys(tags)) {
    const quoted = JSON.stringify(key);
    if (key.length > maxTagKeyLength) {
      return uploadError(400, `tag key ${quoted} exceeds maximum length of ${maxTagKeyLength} characters`, json);
    }
    if (key.includes('.')) return uploadError(400, `tag key ${quoted} must not contain '.' character`, json);
  }
  return undefined;
}

function orConflict(failure: string, insert: () => Json): Json | RawAnswer {
  try {
    return insert();
  } catch (error) {
    if (error instanceof KfpError && error.code === codes.alreadyExists) return uploadError(409, failure, json);
    throw error;
  }
}
