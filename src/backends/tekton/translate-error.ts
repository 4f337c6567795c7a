import { RetryableError, TerminalError } from '../../base/errors.ts';
import { KubeApiError } from '../../kube/errors.ts';
import { TektonRefusedError } from './tekton-refused-error.ts';

/** Answers one question for every error of the API server: could time help, must a person act, or is it simply no? */
export async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof KubeApiError ? translate(error) : error;
  }
}

function translate(error: KubeApiError): Error {
  const cause = error;
  switch (error.status) {
    case 400:
    case 422:
      return new TektonRefusedError('Rejected', error.message, { cause });
    case 401:
      return new TerminalError('Unauthorized', 'The API server does not know the operator; check its token.', {
        cause,
      });
    case 403:
      return new TektonRefusedError('Forbidden', error.message, { cause });
    case 404:
      return new TerminalError(
        'TektonNotInstalled',
        'The API server does not know Tekton pipelines (tekton.dev/v1); install Tekton Pipelines in this cluster.',
        { cause },
      );
    default:
      return new RetryableError('TektonUnavailable', `The API server cannot serve Tekton now: ${error.message}`, {
        ...(error.retryAfterMs !== undefined && { retryAfterMs: error.retryAfterMs }),
        cause,
      });
  }
}
