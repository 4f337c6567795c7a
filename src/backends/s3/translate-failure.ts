import { RetryableError, TerminalError } from '../../base/errors.ts';
import { ObjectStoreRefusedError, type ObjectStoreRefusal } from './object-store-refused-error.ts';
import { S3Failure } from './s3-failure.ts';

/** What was asked, for the sentence about what went wrong. */
export interface Asked {
  /** Host and port, for people. */
  readonly host: string;
  readonly bucket?: string | undefined;
  readonly key?: string | undefined;
}

/** Answers one question for every error: could time help, must a person act, or is it simply no? */
export function translateFailure(error: unknown, asked: Asked): unknown {
  if (error instanceof S3Failure) return ofAnswer(error, asked);
  const code = codeOf(error);
  return code === undefined ? error : ofConnection(code, error, asked);
}

function ofAnswer(failure: S3Failure, asked: Asked): Error {
  const cause = failure;
  const setting = settings[failure.code];
  if (setting)
    return new TerminalError(setting.reason, `The object store at ${asked.host} ${setting.problem}`, { cause });
  const refusal = refusals[failure.code];
  if (refusal) return refused(refusal, failure, asked);
  if (isOverload(failure)) {
    return new RetryableError(
      'ObjectStoreUnavailable',
      `The object store at ${asked.host} cannot serve now: ${wordsOf(failure)}`,
      {
        ...(failure.retryAfterMs !== undefined && { retryAfterMs: failure.retryAfterMs }),
        cause,
      },
    );
  }
  const byStatus = refusalOf(failure, asked);
  if (byStatus) return refused(byStatus, failure, asked);
  if (failure.code === '') {
    return new TerminalError(
      'NotAnObjectStore',
      `${asked.host} answers with HTTP ${failure.status}, but not as an S3 store does; check backends.objectStore.endpoint (scheme, and the S3 port instead of a console’s).`,
      { cause },
    );
  }
  return refused('Rejected', failure, asked);
}

const secret = 'the Secret that backends.objectStore.secretRef names';

/** Codes by which the settings are wrong: a person must act. */
const settings: Readonly<Partial<Record<string, { readonly reason: string; readonly problem: string }>>> = {
  InvalidAccessKeyId: unknownKey(),
  // versitygw says it so.
  XAdminUserNotFound: unknownKey(),
  SignatureDoesNotMatch: {
    reason: 'WrongSecretKey',
    problem: `does not accept the signature; correct secretAccessKey in ${secret}, or let no proxy rewrite host or path.`,
  },
  RequestTimeTooSkewed: {
    reason: 'ClockSkew',
    problem:
      'has another time than this node; the difference is too large for signatures, so synchronise the clocks (NTP).',
  },
  ExpiredToken: { reason: 'ExpiredKeys', problem: `says that the keys have expired; renew them in ${secret}.` },
  InvalidToken: { reason: 'ExpiredKeys', problem: `does not accept the session token; renew the keys in ${secret}.` },
  AuthorizationHeaderMalformed: wrongRegion(),
  PermanentRedirect: wrongRegion(),
  IllegalLocationConstraintException: wrongRegion(),
  InvalidRegion: wrongRegion(),
  XMinioStorageFull: { reason: 'StoreFull', problem: 'is full; free space or add drives.' },
};

function unknownKey() {
  return { reason: 'InvalidAccessKey', problem: `does not know the access key; correct accessKeyId in ${secret}.` };
}

function wrongRegion() {
  return { reason: 'WrongRegion', problem: 'expects another region; correct backends.objectStore.region.' };
}

/** Codes that are a plain no. */
const refusals: Readonly<Partial<Record<string, ObjectStoreRefusal>>> = {
  NoSuchBucket: 'NoSuchBucket',
  NoSuchKey: 'NoSuchObject',
  NoSuchVersion: 'NoSuchObject',
  AccessDenied: 'AccessDenied',
  AllAccessDisabled: 'AccessDenied',
  AccountProblem: 'AccessDenied',
  InvalidBucketName: 'InvalidName',
  InvalidObjectName: 'InvalidName',
  XMinioInvalidObjectName: 'InvalidName',
  KeyTooLongError: 'InvalidName',
  KeyTooLong: 'InvalidName',
  BucketAlreadyExists: 'BucketTaken',
  PreconditionFailed: 'Changed',
  EntityTooLarge: 'TooLarge',
  InvalidObjectState: 'Archived',
};

/** For answers without a code (HEAD), and for rights that a store names in its own words. */
function refusalOf({ status, code }: S3Failure, { key }: Asked): ObjectStoreRefusal | undefined {
  if (status === 403) return 'AccessDenied';
  if (code !== '' || key === undefined) return undefined;
  return status === 404 ? 'NoSuchObject' : status === 412 ? 'Changed' : undefined;
}

const overloadCodes = new Set([
  'SlowDown',
  'TemporaryRedirect',
  'SlowDownRead',
  'SlowDownWrite',
  'RequestTimeout',
  'OperationAborted',
  'ConditionalRequestConflict',
  'RequestLimitExceeded',
  'TooManyRequests',
  'XMinioServerNotInitialized',
]);

function isOverload({ status, code }: S3Failure): boolean {
  return overloadCodes.has(code) || status === 429 || (status >= 500 && status !== 501);
}

function refused(code: ObjectStoreRefusal, failure: S3Failure, asked: Asked): ObjectStoreRefusedError {
  const { message, hint } = sentences(asked, wordsOf(failure))[code];
  return new ObjectStoreRefusedError(code, message, { ...(hint !== undefined && { hint }), cause: failure });
}

interface Sentence {
  readonly message: string;
  readonly hint?: string;
}

function sentences({ bucket, key }: Asked, words: string): Readonly<Record<ObjectStoreRefusal, Sentence>> {
  const place =
    bucket === undefined ? 'the list of buckets' : key === undefined ? `bucket ${bucket}` : `${bucket}/${key}`;
  return {
    NoSuchBucket: { message: `There is no bucket ${bucket ?? ''}.` },
    NoSuchObject: { message: `There is no object ${place}.` },
    AccessDenied: {
      message: `The keys of this namespace have no right to do this with ${place}.`,
      hint: 'An administrator of the object store can grant it.',
    },
    OutOfPolicy: { message: `This namespace may not use ${place}.` },
    InvalidName: { message: `The object store does not accept the name ${place}: ${words}` },
    BucketTaken: {
      message: `The name ${bucket ?? ''} is taken by a bucket of somebody else.`,
      hint: 'Choose another name.',
    },
    Changed: { message: `The object ${place} has changed meanwhile.`, hint: 'Look at it again, then repeat.' },
    TooLarge: { message: `${place} is too large for one request: ${words}` },
    Archived: {
      message: `The object ${place} is in an archive and cannot be read now.`,
      hint: 'Restore it with the tools of the store first.',
    },
    Rejected: { message: `The object store declined the request for ${place}: ${words}` },
  };
}

function wordsOf({ code, message }: S3Failure): string {
  const words = code === '' || message.includes(code) ? message : `${message} (${code})`;
  return /[.!?]$/.test(words) ? words : `${words}.`;
}

const certificateCodes = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_UNTRUSTED',
  'CERT_SIGNATURE_FAILURE',
]);

const connectionWords: Readonly<Partial<Record<string, string>>> = {
  ECONNREFUSED: 'accepts no connection there; is it running, and is the port right?',
  ENOTFOUND: 'has no address; check the host in backends.objectStore.endpoint.',
  EAI_AGAIN: 'could not be looked up now; is the cluster’s DNS working?',
  EHOSTUNREACH: 'cannot be reached; is there a route, or a NetworkPolicy that forbids it?',
  ENETUNREACH: 'cannot be reached; is there a route, or a NetworkPolicy that forbids it?',
  ETIMEDOUT: 'does not answer; is there a NetworkPolicy that forbids it?',
  ECONNRESET: 'broke the connection.',
  EPIPE: 'broke the connection.',
  ECONNABORTED: 'broke the connection.',
};

function ofConnection(code: string, error: unknown, { host }: Asked): unknown {
  const cause = error;
  const ca = 'put the issuer’s certificate where backends.objectStore.caSecretRef points.';
  if (certificateCodes.has(code)) {
    return new TerminalError(
      'CertificateNotTrusted',
      `The certificate of the object store at ${host} is not trusted; ${ca}`,
      { cause },
    );
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return new TerminalError(
      'CertificateExpired',
      `The certificate of the object store at ${host} is not valid at this time; renew it.`,
      { cause },
    );
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return new TerminalError(
      'CertificateOfOtherHost',
      `The certificate of the object store at ${host} is for another host; use the host it names as endpoint, or renew it.`,
      { cause },
    );
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_')) {
    return new TerminalError(
      'NotTls',
      `The object store at ${host} does not speak TLS there; does the endpoint begin with http:// instead of https://?`,
      { cause },
    );
  }
  const words = connectionWords[code];
  return words === undefined
    ? error
    : new RetryableError('ObjectStoreUnreachable', `The object store at ${host} ${words}`, { cause });
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  // All addresses of a name failed: Node throws an AggregateError that carries the code of the first.
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' ? code : undefined;
}
