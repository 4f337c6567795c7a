import { errors } from '@elastic/elasticsearch';
import { RetryableError, TerminalError } from '../../base/errors.ts';

/** What the server said, shortened to one line. */
function saidBy(error: errors.ResponseError): string {
  const body = error.body as { error?: { reason?: unknown; type?: unknown } | string } | string | undefined;
  const inner = typeof body === 'object' ? body.error : body;
  const text = typeof inner === 'object' ? (inner.reason ?? inner.type) : inner;
  return (typeof text === 'string' ? text : error.message).replace(/\s+/g, ' ').slice(0, 300);
}

const byStatus: Readonly<Record<number, (said: string) => Error>> = {
  401: () =>
    new TerminalError(
      'Unauthorized',
      'Elasticsearch does not accept the credentials; put a valid apiKey, or username and password, into the Secret.',
    ),
  403: (said) =>
    new TerminalError(
      'Forbidden',
      `Elasticsearch refuses the user or API key a right; give it all privileges on the indices of this namespace: ${said}`,
    ),
  406: () => notElasticsearch(),
  408: (said) => new RetryableError('Timeout', `Elasticsearch took too long: ${said}`),
  413: (said) =>
    new TerminalError('Unavailable', `Elasticsearch takes no requests of this size; raise its limit: ${said}`),
  429: (said) => new RetryableError('Unavailable', `Elasticsearch has too much to do: ${said}`),
};

function notElasticsearch(): TerminalError {
  return new TerminalError(
    'ElasticsearchVersion',
    'The server at this address is no Elasticsearch 9; name one in the SwarmConfig, or none at all to use the embedded index.',
  );
}

/**
 * Any error of the client as one that says who can help. What is neither the network’s nor the server’s is a mistake of
 * ours and stays as it is.
 */
export function translateError(error: unknown): unknown {
  if (error instanceof errors.ResponseError) return translateResponse(error);
  if (error instanceof errors.ProductNotSupportedError) return notElasticsearch();
  if (error instanceof errors.TimeoutError) {
    return new RetryableError('Timeout', 'Elasticsearch did not answer in time.', { cause: error });
  }
  if (error instanceof errors.ConnectionError) {
    const message = `Elasticsearch cannot be reached: ${error.message}.`;
    return new RetryableError('Unavailable', message, { cause: error });
  }
  if (error instanceof errors.NoLivingConnectionsError) {
    return new RetryableError('Unavailable', 'No node of Elasticsearch can be reached.', { cause: error });
  }
  if (error instanceof errors.DeserializationError) {
    return new TerminalError(
      'ElasticsearchVersion',
      'What answers at this address is no Elasticsearch: it sends no JSON.',
      {
        cause: error,
      },
    );
  }
  return error;
}

function translateResponse(error: errors.ResponseError): Error {
  const { statusCode = 0 } = error;
  const known = byStatus[statusCode];
  if (known) return known(saidBy(error));
  if (statusCode >= 500) {
    return new RetryableError('Unavailable', `Elasticsearch has trouble of its own: ${saidBy(error)}`, {
      cause: error,
    });
  }
  return error;
}
