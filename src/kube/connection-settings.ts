import { type Clock } from '../base/clock.ts';

/** Where the API server is and who asks; the names are those of kubectl's flags, and so is what they mean. */
export interface ConnectionSettings {
  /**
   * One file, which must exist; or those of KUBECONFIG in its order, of which missing ones are skipped and the first to
   * name something wins. Absent: KUBECONFIG, ~/.kube/config, or the ServiceAccount of the pod, in this order.
   */
  readonly kubeconfig?: string | readonly string[] | undefined;
  /** Absent: the current context. */
  readonly context?: string | undefined;
  /** Name of a cluster of the kubeconfig, in place of the context's. */
  readonly cluster?: string | undefined;
  /** Name of a user of the kubeconfig, in place of the context's. */
  readonly user?: string | undefined;
  readonly namespace?: string | undefined;
  readonly server?: string | undefined;
  readonly tlsServerName?: string | undefined;
  readonly insecureSkipTlsVerify?: boolean | undefined;
  /** Path of a file, as the two below. */
  readonly certificateAuthority?: string | undefined;
  readonly clientCertificate?: string | undefined;
  readonly clientKey?: string | undefined;
  readonly token?: string | undefined;
  /** Every request acts as this user, unless it names another one itself. */
  readonly impersonate?: Impersonation | undefined;
  readonly clock: Clock;
  /** Called once for each request, when its answer begins or fails to come. */
  readonly onRequest?: ((record: RequestRecord) => void) | undefined;
}

export interface Impersonation {
  readonly user: string;
  readonly groups?: readonly string[] | undefined;
  readonly uid?: string | undefined;
}

export interface RequestRecord {
  readonly method: string;
  readonly url: string;
  /** HTTP status code; 0 when no answer came. */
  readonly status: number;
  readonly durationMs: number;
}
