import { nameProblem } from './bounds.ts';
import { markedDescription, ownership } from './effect-mark.ts';
import { type KfpApi, pathOf } from './kfp-api.ts';
import type {
  CallOptions,
  Created,
  Decision,
  KfpWriter,
  NewPipeline,
  NewVersion,
  UploadedPipeline,
} from './kfp-client.ts';
import type { KfpVersion } from './kfp-objects.ts';
import { KfpRefusedError } from './kfp-refused-error.ts';
import { parsePipelineFile } from './parse-pipeline-file.ts';
import { pipelineOf, versionOf } from './wire-objects.ts';
import { type ListItem, pipeline, version } from './wire.ts';

const uploadTimeoutMs = 60_000;

/**
 * Uploads need no waiting: KFP keeps names unique, so a repeat finds what was made, and the mark in its description tells
 * whose it is.
 */
export function createUploader(api: KfpApi): Pick<KfpWriter, 'uploadPipeline' | 'uploadVersion'> {
  const uploadVersion = async (request: NewVersion, options: CallOptions): Promise<Created<KfpVersion>> => {
    check('version', request);
    const path = `${pathOf('pipelines', request.pipelineId)}/versions`;
    const find = () => findNamed({ api, field: 'pipeline_versions', path }, request, options);
    const send = () =>
      api.change(version, upload('/pipelines/upload_version', request, { pipelineid: request.pipelineId }), options);
    const { kind, value } = await makeNamed({ find, send }, request);
    return { kind, value: versionOf(value, { withSpec: true }) };
  };

  return {
    uploadVersion,
    uploadPipeline: async (request, options) => {
      check('pipeline', request);
      const place = await api.ownNamespace(options);
      const find = () => findNamed({ api, field: 'pipelines', path: '/pipelines', query: place }, request, options);
      const send = () => api.change(pipeline, upload('/pipelines/upload', request, place), options);
      const { kind, value } = await makeNamed({ find, send }, request);
      const made = pipelineOf(value);
      return { kind, value: { pipeline: made, version: await firstVersion(made.id, kind) } };

      async function firstVersion(pipelineId: string, how: Created<UploadedPipeline>['kind']): Promise<KfpVersion> {
        const listing = { path: `${pathOf('pipelines', pipelineId)}/versions`, pageSize: 1, sortBy: 'created_at' };
        const [first] = (await api.page('pipeline_versions', listing, options)).items;
        if (first) return versionOf(first, { withSpec: true });
        if (how === 'exists') throw new KfpRefusedError('Conflict', `Pipeline ${made.name} exists and has no version.`);
        // The server stopped between the pipeline and its version.
        return (await uploadVersion({ ...request, pipelineId }, options)).value;
      }
    },
  };
}

function check(kind: 'pipeline' | 'version', { name, file }: NewPipeline): void {
  const problem = nameProblem(kind, name);
  if (problem !== undefined) throw new KfpRefusedError('InvalidArgument', problem);
  const parsed = parsePipelineFile(file);
  if (!parsed.ok) throw new KfpRefusedError('InvalidArgument', parsed.problem);
}

function upload(path: string, request: NewPipeline, place: Readonly<Record<string, string>>) {
  const form = new FormData();
  // The server goes by the ending of the file name.
  form.append('uploadfile', new Blob([request.file], { type: 'application/octet-stream' }), 'pipeline.yaml');
  const query = { ...place, name: request.name, description: markedDescription(request.description, request) };
  return { method: 'POST', path, query, form, timeoutMs: uploadTimeoutMs } as const;
}

interface Named<Field extends 'pipelines' | 'pipeline_versions'> {
  readonly api: KfpApi;
  readonly field: Field;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
}

/** KFP takes two names for one that differ in case or accents only. */
async function findNamed<Field extends 'pipelines' | 'pipeline_versions'>(
  { api, field, path, query = {} }: Named<Field>,
  { name }: NewPipeline,
  options: CallOptions,
): Promise<ListItem<Field> | undefined> {
  const filter = [{ key: 'name', operation: 'EQUALS', string_value: name } as const];
  const { items } = await api.page(field, { path, query, filter, pageSize: 20 }, options);
  return items.find((item) => item.name === name) ?? items[0];
}

interface Making<T> {
  readonly find: () => Promise<T | undefined>;
  readonly send: () => Promise<T>;
}

async function makeNamed<T extends { readonly description?: string | undefined }>(
  { find, send }: Making<T>,
  decision: Decision,
): Promise<Created<T>> {
  const there = await find();
  if (there) return { kind: foundKind(there, decision), value: there };
  try {
    return { kind: 'created', value: await send() };
  } catch (error) {
    const isTaken = error instanceof KfpRefusedError && error.code === 'Conflict';
    const taken = isTaken ? await find() : undefined;
    if (!taken) throw error;
    return { kind: foundKind(taken, decision), value: taken };
  }
}

function foundKind({ description }: { readonly description?: string | undefined }, decision: Decision) {
  return ownership(description, decision) === 'ours' ? 'adopted' : 'exists';
}
