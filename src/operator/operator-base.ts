import dotI, { type ResourceEvent } from '@dot-i/k8s-operator';
import { type Log } from '../base/log.ts';
import { type KubeObject } from '../kube/kube-client.ts';
import { type CacheChange } from './cache.ts';

const { ResourceEventType, ResourceMetaImpl } = dotI;

const eventTypes = {
  ADDED: ResourceEventType.Added,
  MODIFIED: ResourceEventType.Modified,
  DELETED: ResourceEventType.Deleted,
} as const;

/**
 * `Operator` of @dot-i/k8s-operator with its doors to the API server shut: its helpers swallow errors, write without a
 * version check and open a connection for each request (docs/adr/0001). Lifecycle and registration of resources stay.
 */
export abstract class OperatorBase extends dotI.default {
  constructor(log: Log) {
    super({
      debug: (message) => {
        log.debug({ base: message }, 'Lifecycle base speaking');
      },
      info: (message) => {
        log.info({ base: message }, 'Lifecycle base speaking');
      },
      warn: (message) => {
        log.warn({ base: message }, 'Lifecycle base speaking');
      },
      error: (message) => {
        log.error({ base: message }, 'Lifecycle base speaking');
      },
    });
  }

  /** Follows one kind with a watch of our own, from the moment of the call. */
  protected abstract override watchResource(
    group: string,
    version: string,
    plural: string,
    onEvent: (event: ResourceEvent) => Promise<void>,
  ): Promise<void>;

  protected override setResourceStatus(): Promise<never> {
    return refuse('setResourceStatus');
  }

  protected override patchResourceStatus(): Promise<never> {
    return refuse('patchResourceStatus');
  }

  protected override handleResourceFinalizer(): Promise<never> {
    return refuse('handleResourceFinalizer');
  }

  protected override setResourceFinalizers(): Promise<never> {
    return refuse('setResourceFinalizers');
  }
}

/** A change in the form that the base class hands to its handlers. */
export function resourceEvent(plural: string, [kind, object]: CacheChange<KubeObject>): ResourceEvent {
  const shared = object as ResourceEvent['object'];
  return { type: eventTypes[kind], meta: ResourceMetaImpl.createWithPlural(plural, shared), object: shared };
}

function refuse(helper: string): Promise<never> {
  return Promise.reject(new Error(`${helper} swallows errors: write through the KubeClient instead`));
}
