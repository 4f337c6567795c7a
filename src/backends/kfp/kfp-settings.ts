import type { RandomSource } from '../../base/backoff.ts';
import type { Clock } from '../../base/clock.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import type { SubmissionMemory } from './submission-memory.ts';

/** Everything a client for one endpoint, namespace and identity is made of. */
export interface KfpSettings {
  /** Address of the API server (service ml-pipeline), without /apis. */
  readonly url: string;
  /** Address of the user interface, for links to runs. */
  readonly uiUrl?: string;
  /** Namespace (profile) of the runs. */
  readonly namespace: string;
  /**
   * Gives the bearer token of the run-as ServiceAccount (audience pipelines.kubeflow.org) whenever a request is made;
   * absent: requests are not signed. No other sign of identity is ever sent: KFP believes a user-id header blindly.
   */
  readonly token?: () => Promise<string>;
  /** Brings its own certificates and its guard against foreign addresses; redirects are not followed. */
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** One for the whole process. */
  readonly memory: SubmissionMemory;
  /** Workflows, pods, logs and Events; absent: diagnosis has only what KFP says. */
  readonly cluster?: KfpCluster;
  /**
   * ML Metadata (service metadata-grpc-service): `http://host:port` for plain gRPC, `https://` for TLS; absent:
   * artifacts and metrics need KFP's newer API.
   */
  readonly metadataUrl?: string;
  /** Certificates (PEM) to trust for it beside the public ones. */
  readonly metadataCa?: string;
  /** Artifacts and archived logs; absent: sizes, contents and old logs are not there. */
  readonly objects?: KfpObjectReader;
  /** Total time of one request with its repeats; default 20 s. Uploads may take three times as long. */
  readonly timeoutMs?: number;
}

export interface KfpCluster {
  readonly kube: KubeClient;
  /** User that reads, for example `system:serviceaccount:team-a:swarm-runner`. */
  readonly impersonate: string;
}

/** Objects by address: `s3://bucket/key` or `minio://bucket/key`. */
export interface KfpObjectReader {
  /** @returns undefined when there is no such object, or it is no address of this store. */
  size(uri: string, options: { readonly signal: AbortSignal }): Promise<number | undefined>;
  /** At most `maxBytes` from that end of the object. @returns undefined when there is no such object. */
  read(query: ObjectQuery, options: { readonly signal: AbortSignal }): Promise<Uint8Array | undefined>;
}

export interface ObjectQuery {
  readonly uri: string;
  readonly maxBytes: number;
  readonly from: 'start' | 'end';
}
