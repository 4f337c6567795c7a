import type { conditionReasons } from '../../src/api/conditions.ts';

type Reason = keyof typeof conditionReasons;

/** What a person does about a reason; reasons that belong to the ordinary course have null. */
const all: Readonly<Record<Reason, string | null>> = {
  Pending: null,
  Queued: 'nothing, unless it lasts: see [SwarmQueueGrows](#swarmqueuegrows).',
  Thinking: null,
  Waiting: null,
  WaitingForRun:
    'nothing while the run goes on. `status.pipelineRuns` names it; the turn ends with `limits.turnTimeout` at the latest.',
  WaitingForInput: null,
  AwaitingApproval:
    'decide: `kubectl swarm approve NAME` or `deny`, or apply the manifest that the Turn prints in `status.pendingApprovals`. It takes the verb `approve` on turns.',
  Planning: null,
  Running: null,
  Succeeded: null,
  Complete: null,
  Failed: 'read `status.reply` and the message; ask again with what was missing.',
  Answered: null,
  NotAnswered: null,
  Finished: null,
  NotFinished: null,
  RunFailed:
    'ask “Why did the last run fail?” in the same conversation, or look at the run that `status.pipelineRuns` names. Correct the pipeline or its parameters, then ask again.',
  ExpectationsNotMet: 'compare `status.expectations` with `spec.expect`. The run itself is there and can be looked at.',
  Denied: 'nothing: a person said no. The reason is in the Approval. Ask for something else, or again.',
  Expired: 'ask again; give it a longer time (`spec.timeout`, `limits.turnTimeout`) if the work needs it.',
  ApprovalExpired: 'ask again, and decide in time. The call was not made.',
  Cancelled: 'nothing. What had been done before stays done; the journal of the Turn lists it.',
  Suspended: 'set `spec.suspend` to false to go on.',
  Deleting:
    'wait until its runs are cancelled. Longer than a minute: the log of the operator says which backend does not answer. As a last resort, when the backend is gone for good, remove the finalizer by hand: `kubectl patch KIND NAME --type=merge -p \'{"metadata":{"finalizers":null}}\'`; runs then go on unattended.',
  DeadlineExceeded: 'raise `limits.turnTimeout`, or ask for less at once.',
  StepLimitReached: 'ask for less at once, or raise `limits.maxSteps`.',
  TokenLimitReached: 'ask for less at once, or raise `limits.maxTokens`. Long results are the usual reason.',
  LoopDetected: 'ask in other words; name the pipeline, run or object that is meant.',
  ModelOutputInvalid:
    'use a model that is good at calling tools, or name the builtin planner in `spec.fallbackModels`.',
  ModelUnavailable: 'see after the model endpoint; it is asked again by itself.',
  ModelUnreachable: 'check `spec.model.baseURL` and the network between: policies, proxies, DNS.',
  ModelConnectionLost: 'nothing, unless it goes on: then look for what cuts long connections.',
  ModelTimeout: 'raise `spec.model.timeout`, or use a faster model.',
  ModelRateLimited:
    'nothing; for more throughput ask the provider for a higher limit or lower `--max-concurrent-turns`.',
  ModelUnauthorized:
    'put a valid key into the Secret that `spec.model.apiKeySecretRef` names; it is read again by itself.',
  ModelNotFound: 'correct `spec.model.name`: it is the name by which the endpoint knows the model.',
  ModelEndpointNotFound: 'correct `spec.model.baseURL`: up to and including `/v1`.',
  ModelEndpointRedirects: 'give the address that it redirects to, if you trust it.',
  ModelCertificateInvalid:
    'give the endpoint a certificate that is trusted, or mount your authority and set `NODE_EXTRA_CA_CERTS` (chart: `operator.extraEnv`).',
  ModelContextExceeded: 'set `spec.model.contextTokens` to what the model takes, or begin a new conversation.',
  ModelQuotaExhausted: 'raise the quota of the account behind the key.',
  ModelRequestRefused: 'read the message: it has the endpoint’s words. Often the server does not know tools.',
  ModelUrlInvalid: 'correct `spec.model.baseURL`.',
  AddressNotAllowed:
    'use an address that is not loopback or link-local, or let an administrator add the host to `--allowed-hosts`.',
  HistoryTooLarge: 'begin a new conversation.',
  AmbiguousEffect:
    'look whether the call took effect: the message names it and its arguments. It is never repeated by itself; ask again if it did not.',
  EffectConflict:
    'look at the object that the message names: somebody else made it. Delete or rename it, then ask again.',
  ConfigNotFound: 'create the SwarmConfig, or correct `spec.configRef`.',
  SecretNotFound: 'create the Secret that the message names; it heals by itself.',
  SecretKeyMissing: 'add the key that the message names to the Secret.',
  SecretNotAllowed:
    'let the owner of the Secret add the host to its annotation `swarm.mlops.dev/allowed-hosts`, or correct the address in the settings.',
  AgentNotAvailable: 'switch the agent on in `spec.agents`, or give the SwarmConfig its backend.',
  OwnerNotFound: 'nothing: it goes with its owner.',
  DigestMismatch: 'take the manifest that the Turn prints now: the arguments have changed since.',
  AlreadyDecided: 'nothing: the first decision stands.',
  DecisionUsed: null,
  Forbidden:
    'give the account that the message names the right that it names, in that namespace, or leave it: the agents then say that they may not. The operator’s own rights are in config/rbac/operator.yaml.',
  Unauthorized: 'correct the credentials in the Secret, or the audience that the receiver expects.',
  NotFound: 'correct the name in the request, or create what the message names.',
  Unavailable: 'see after the backend; it is tried again by itself.',
  TektonUnavailable: 'see after the Tekton controllers and their webhook.',
  TektonNotInstalled: 'install Tekton Pipelines, or switch the agent off in `spec.agents`.',
  RunVanished: 'find out who deleted the run; ask again if it is still wanted.',
  Available: null,
  Degraded: 'look at the other conditions of the object.',
  Synced: null,
  SyncFailed: 'read `status.sources`: each source has its own message.',
  Syncing: null,
  NoDocuments: 'check the sources: empty ConfigMap, wrong prefix, sitemap without matching pages.',
  TooManyDeletions:
    'check the sources. If the documents are really gone: `kubectl annotate knowledgebase NAME swarm.mlops.dev/allow-deletions=GENERATION` as the message says.',
  EmbeddingUnavailable: 'see after the embedding endpoint; until then words alone are searched.',
  IndexUnavailable: 'see after Elasticsearch, or the data directory of the operator.',
  ElasticsearchVersion: 'use Elasticsearch 8 or 9; a proxy in between may hide its product header.',
  CertificateInvalid:
    'name the authority in the SwarmConfig (`caSecretRef`), or give the backend a trusted certificate.',
  NotConditional:
    'know that two writers at once may overwrite each other in this store; use one with conditional writes where it matters.',
  Unreachable: 'check the address in the SwarmConfig and the network between.',
  WrongSettings: 'correct the field that the message names.',
  NotConfigured: 'nothing, unless you want the backend: name it in `spec.backends`.',
  NotProbed: 'nothing, unless agents are to write: allow a bucket in `spec.policy.buckets`.',
  InvalidDuration: 'write it as hours, minutes and seconds, for example `1h30m`.',
  Timeout: 'see after the backend; it is tried again by itself.',
  InternalError: 'keep the object (`-o yaml`) and the log of the operator, and report it.',
};

export const remedies: Readonly<Partial<Record<Reason, string>>> = Object.fromEntries(
  Object.entries(all).flatMap(([reason, remedy]) => (remedy === null ? [] : [[reason, remedy]])),
);
