import { z } from 'zod';
import { notKfp } from './answer-error.ts';
import { kept } from './kept.ts';
import type { CallOptions } from './kfp-client.ts';
import type { KfpServer } from './kfp-objects.ts';
import { KfpRefusedError } from './kfp-refused-error.ts';
import type { KfpSettings } from './kfp-settings.ts';
import type { KfpRequest, KfpTransport, Query } from './kfp-transport.ts';
import { filterParameter, type Predicate } from './list-filter.ts';
import { healthAnswer, type ListAnswer, type ListField, type ListItem, parseList } from './wire.ts';

const root = '/apis/v2beta1';
const pageSize = 200;
/** Entries looked at in one listing; beyond that a listing says that it is not complete. */
const mostEntries = 2_000;

export interface ListRequest {
  readonly path: string;
  readonly query?: Query;
  readonly filter?: readonly Predicate[];
  /** Default: newest first. */
  readonly sortBy?: string;
  readonly pageSize?: number;
  readonly pageToken?: string;
}

/** Typed requests of the v2beta1 API. */
export interface KfpApi {
  /** Address of the user interface, for links to runs. */
  readonly uiUrl: string | undefined;
  readonly about: (options: CallOptions) => Promise<KfpServer>;
  /** For lists that live in a namespace: nothing when KFP has a single user. */
  ownNamespace(options: CallOptions): Promise<{ readonly namespace?: string }>;
  /** @returns undefined when there is nothing of that id. */
  find<T>(schema: z.ZodType<T>, path: string, options: CallOptions): Promise<T | undefined>;
  page<Field extends ListField>(field: Field, request: ListRequest, options: CallOptions): Promise<ListAnswer<Field>>;
  all<Field extends ListField>(
    field: Field,
    request: ListRequest & { readonly most?: number },
    options: CallOptions,
  ): Promise<{ readonly items: readonly ListItem<Field>[]; readonly isComplete: boolean }>;
  /** Never repeated by itself. */
  change<T>(schema: z.ZodType<T>, request: ChangeRequest, options: CallOptions): Promise<T>;
}

export type ChangeRequest = Pick<KfpRequest, 'path' | 'query' | 'json' | 'form' | 'timeoutMs'> & {
  readonly method: 'POST' | 'DELETE';
};

export function createKfpApi(
  transport: KfpTransport,
  { namespace, uiUrl, clock }: Pick<KfpSettings, 'namespace' | 'uiUrl' | 'clock'>,
): KfpApi {
  const get = (path: string, query: Query, { signal }: CallOptions) =>
    transport.send({ method: 'GET', path: `${root}${path}`, query, signal });

  const about = kept(clock, (options: CallOptions) => askServer(() => get('/healthz', {}, options)));

  const page: KfpApi['page'] = async (field, request, options) => {
    // A token holds neither size nor place of the list: all of it is said again with every page.
    const answer = await get(request.path, parametersOf(request), options);
    return understood(() => parseList(field, answer));
  };

  return {
    uiUrl,
    about,
    page,
    ownNamespace: async (options) => ((await about(options)).multiUser ? { namespace } : {}),
    find: async (schema, path, options) => {
      try {
        const answer = await get(path, {}, options);
        return understood(() => schema.parse(answer));
      } catch (error) {
        if (error instanceof KfpRefusedError && error.code === 'NotFound') return undefined;
        throw error;
      }
    },
    all: async <Field extends ListField>(
      field: Field,
      { most = mostEntries, ...request }: ListRequest & { most?: number },
      options: CallOptions,
    ) => {
      const items: ListItem<Field>[] = [];
      let pageToken: string | undefined;
      do {
        const answer: ListAnswer<Field> = await page(field, { ...request, ...(pageToken && { pageToken }) }, options);
        items.push(...answer.items);
        pageToken = answer.nextPageToken || undefined;
      } while (pageToken && items.length < most);
      return { items, isComplete: !pageToken };
    },
    change: async (schema, { path, ...request }, { signal }) => {
      const answer = await transport.send({ ...request, path: `${root}${path}`, signal });
      return understood(() => schema.parse(answer));
    },
  };
}

function parametersOf(request: ListRequest): Query {
  const filter = filterParameter(request.filter ?? []);
  return {
    ...request.query,
    page_size: request.pageSize ?? pageSize,
    sort_by: request.sortBy ?? 'created_at desc',
    ...(filter !== undefined && { filter }),
    ...(request.pageToken !== undefined && { page_token: request.pageToken }),
  };
}

async function askServer(ask: () => Promise<unknown>): Promise<KfpServer> {
  const answer = await ask();
  const health = understood(() => healthAnswer.parse(answer));
  return {
    version: health.tag_name,
    multiUser: health.multi_user,
    pipelineStore: health.pipeline_store === 'kubernetes' ? 'kubernetes' : 'database',
  };
}

function understood<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const [issue] = error.issues;
    throw notKfp(`unexpected answer at ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
  }
}

/** `/runs/<id>` for an id that came from outside: a slash in it would lead elsewhere. */
export function pathOf(...parts: readonly string[]): string {
  return parts.map((part) => `/${encodeURIComponent(part)}`).join('');
}

/** What KFP uses as ids; anything else cannot be one, and is not asked for. */
export function isId(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(text);
}
