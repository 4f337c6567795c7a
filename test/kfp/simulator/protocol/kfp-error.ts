/** gRPC status codes that the API server uses. */
export const codes = {
  unknown: 2,
  invalidArgument: 3,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  aborted: 10,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

export type Code = (typeof codes)[keyof typeof codes];

const httpStatuses: Readonly<Record<Code, number>> = {
  2: 500,
  3: 400,
  5: 404,
  6: 409,
  7: 403,
  10: 409,
  12: 501,
  13: 500,
  14: 503,
  16: 401,
};

export const httpStatusOf = (code: Code): number => httpStatuses[code];

const statusType = { '@type': 'type.googleapis.com/google.rpc.Status' };

/** An error of a KFP service: `detail` is what a user may read, `message` the chain of wraps around it. */
export class KfpError extends Error {
  override readonly name = 'KfpError';
  readonly code: Code;
  readonly detail: string;

  constructor(code: Code, detail: string, context = '') {
    super(`${context}${detail}`);
    this.code = code;
    this.detail = detail;
  }

  toJson(): object {
    return {
      code: this.code,
      message: this.message,
      details: [{ ...statusType, code: this.code, message: this.detail }],
    };
  }
}

/** An error that reaches the outside with its stack; its details carry the code "unknown", whatever the gateway says. */
export class StackError extends KfpError {
  constructor(text: string) {
    super(codes.internal, text);
  }

  override toJson(): object {
    const details = [{ ...statusType, code: codes.unknown, message: this.detail }];
    return { code: this.code, message: this.message, details };
  }
}

/** An error of the gateway in front of the services, which has no details. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly code: Code;

  constructor(code: Code, message: string) {
    super(message);
    this.code = code;
  }

  toJson(): object {
    return { code: this.code, message: this.message };
  }
}

export const invalid = (detail: string, context = '') =>
  new KfpError(codes.invalidArgument, detail, `${context}Invalid input error: `);

export const notFound = (kind: string, id: string, context = '') =>
  new KfpError(codes.notFound, `${kind} ${id} not found`, `${context}ResourceNotFoundError: `);

export const alreadyExists = (detail: string, context = '') =>
  new KfpError(codes.alreadyExists, detail, `${context}Already exist error: `);

/** KFP's "BadRequestError" is gRPC Aborted, which travels as 409. */
export const aborted = (detail: string, context = '') =>
  new KfpError(codes.aborted, detail, `${context}BadRequestError: `);

/** The cause of an internal error is only in the message, never in the details. */
export class InternalError extends KfpError {
  constructor(cause: string) {
    super(codes.internal, 'Internal Server Error');
    this.message = cause;
  }
}

export const unavailable = (cause: string) => {
  const error = new KfpError(codes.unavailable, 'Service unavailable');
  error.message = cause;
  return error;
};
