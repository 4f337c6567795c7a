/**
 * `Forbidden`: the identity lacks a right. `NotFound`: what the request names is not there. `InvalidArgument`: KFP (or
 * we, on its behalf) declines the values. `Conflict`: the thing is in a state that does not allow it.
 */
export type KfpRefusal = 'Forbidden' | 'NotFound' | 'InvalidArgument' | 'Conflict';

/** Kubeflow Pipelines understood the request and declined it; the same request would be declined again. */
export class KfpRefusedError extends Error {
  override readonly name = 'KfpRefusedError';
  readonly code: KfpRefusal;

  constructor(code: KfpRefusal, message: string, options: { cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
  }
}
