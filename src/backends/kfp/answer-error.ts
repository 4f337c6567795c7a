import { z } from 'zod';
import { RetryableError, TerminalError } from '../../base/errors.ts';
import { KfpRefusedError, type KfpRefusal } from './kfp-refused-error.ts';

/** The parts of a bad answer that tell what it means. */
export interface BadAnswer {
  readonly status: number;
  /** Text of the body, cut. */
  readonly body: string;
  readonly retryAfterMs?: number | undefined;
}

const gatewayError = z.object({
  message: z.string().default(''),
  details: z.array(z.object({ message: z.string().default('') })).default([]),
});
const uploadError = z.object({ error_message: z.string() });

/** What the caller should do next about an answer that is not 2xx. */
export function answerError(answer: BadAnswer): Error {
  const { status } = answer;
  const said = readError(answer.body);
  switch (status) {
    case 401:
      return unauthorized();
    case 403:
      return new KfpRefusedError('Forbidden', readableDenial(said.summary));
    case 404:
      // The gateway itself knows no such route.
      return said.hasDetails ? refused(answer, said) : notKfp(`${status} ${said.summary}`.trim());
    case 400:
    case 409:
      return refused(answer, said);
    case 500:
      return internalError(said);
    case 501:
      return notKfp(`${status} ${said.summary}`.trim());
    default:
      return status < 400 ? redirected() : unavailable(answer, said);
  }
}

/** What a bad answer says: in short, in full, and whether KFP itself (not its gateway) says it. */
interface Said {
  readonly summary: string;
  readonly cause: string;
  readonly hasDetails: boolean;
}

const refusals: Readonly<Record<number, KfpRefusal>> = { 404: 'NotFound', 409: 'Conflict' };

function refused({ status }: BadAnswer, { summary }: Said): KfpRefusedError {
  const message = summary === '' ? `Kubeflow Pipelines answered ${status}.` : summary;
  return new KfpRefusedError(refusals[status] ?? 'InvalidArgument', message);
}

function redirected(): TerminalError {
  return notKfp('it redirects, as login pages do; give the address of the service ml-pipeline itself');
}

function unavailable({ status, retryAfterMs }: BadAnswer, { summary }: Said): RetryableError {
  const said = summary === '' ? '' : `: ${summary}`;
  const waits = retryAfterMs === undefined ? {} : { retryAfterMs };
  return new RetryableError('KfpUnavailable', `Kubeflow Pipelines cannot serve now (${status}${said}).`, waits);
}

export function notKfp(what: string): TerminalError {
  return new TerminalError(
    'NotKubeflowPipelines',
    `The address does not answer as Kubeflow Pipelines v2 does (${what}); check backends.kfp.url of the SwarmConfig.`,
  );
}

function unauthorized(): TerminalError {
  return new TerminalError(
    'KfpUnauthorized',
    'Kubeflow Pipelines does not know who asks; set backends.kfp.auth to ServiceAccountToken, and let KFP accept tokens of audience pipelines.kubeflow.org.',
  );
}

/** KFP answers many mistakes of the caller with 500; their cause stands in the long internal text only. */
function internalError({ summary, cause }: Said): Error {
  // The execution may exist although its row could not be written.
  if (!cause.includes('Failed to store')) {
    const invalid = /(?:Invalid input error|InvalidInputError): ([^\n]+)/.exec(cause)?.[1];
    if (invalid !== undefined) return new KfpRefusedError('InvalidArgument', invalid);
    const missing = /ResourceNotFoundError: ([^\n]+? not found)/.exec(cause)?.[1];
    if (missing !== undefined) return new KfpRefusedError('NotFound', missing);
    // It gave up before it created anything.
    if (cause.includes('error fetching manifest')) {
      return new KfpRefusedError('NotFound', 'Kubeflow Pipelines cannot read the pipeline version of the run.');
    }
  }
  const text = firstLine(cause) || summary;
  return new RetryableError('KfpInternalError', `Kubeflow Pipelines failed inside: ${text}`);
}

/** `User 'system:serviceaccount:a:b' is not authorized with reason: (request: &ResourceAttributes{…})` in plain words. */
function readableDenial(text: string): string {
  const user = /User '([^']+)'/.exec(text)?.[1];
  const attribute = (name: string) => new RegExp(`\\b${name}:([^,}]*)`).exec(text)?.[1];
  const verb = attribute('Verb');
  const resource = attribute('Resource');
  if (user === undefined || verb === undefined || resource === undefined) return text;
  const namespace = attribute('Namespace');
  const where = namespace ? ` in namespace ${namespace}` : '';
  return `${user} may not ${verb} ${resource} of Kubeflow Pipelines${where}.`;
}

function readError(body: string): Said {
  const json = parsedJson(body);
  const upload = uploadError.safeParse(json);
  if (upload.success) return { summary: upload.data.error_message, cause: upload.data.error_message, hasDetails: true };
  const gateway = gatewayError.safeParse(json);
  if (!gateway.success) return { summary: firstLine(body), cause: body, hasDetails: false };
  const { message, details } = gateway.data;
  const summary = firstLine(details[0]?.message ?? '') || firstLine(message);
  return { summary, cause: message, hasDetails: details.length > 0 };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function firstLine(text: string): string {
  return (text.split('\n', 1)[0] ?? '').trim().slice(0, 500);
}
