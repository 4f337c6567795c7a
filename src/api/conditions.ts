import type { Condition } from './common.ts';

/** What each condition says, and on which kinds it stands. */
export const conditionTypes = {
  Ready: {
    kinds: ['Conversation', 'Intent', 'SwarmConfig', 'KnowledgeBase'],
    meaning: 'True when the object is as its spec asks; for a Conversation: every declared message is answered.',
  },
  Succeeded: { kinds: ['Turn'], meaning: 'True when the turn ended with an answer; False when it ended without one.' },
  Reconciling: {
    kinds: ['Conversation', 'Turn', 'Intent', 'SwarmConfig', 'KnowledgeBase'],
    meaning: 'True while something is still to be done; absent when normal.',
  },
  Stalled: {
    kinds: ['Conversation', 'Turn', 'Intent', 'SwarmConfig', 'KnowledgeBase'],
    meaning: 'True when nothing more will happen before a person acts; absent when normal.',
  },
  Finished: {
    kinds: ['Conversation', 'Turn', 'Intent'],
    meaning:
      'True on every end, good or bad; for a Conversation: every declared message of this generation has a finished Turn.',
  },
  Complete: { kinds: ['Intent'], meaning: 'True when the intent ended and every expectation was met.' },
  Failed: { kinds: ['Intent'], meaning: 'True when the intent ended otherwise.' },
  AwaitingApproval: {
    kinds: ['Conversation', 'Turn', 'Intent'],
    meaning: 'True while a call waits for an Approval; absent otherwise.',
  },
  AttentionRequired: {
    kinds: ['Conversation', 'Turn', 'Intent'],
    meaning: 'True when it is not known whether a call had its effect, and a person must look.',
  },
  Used: { kinds: ['Approval'], meaning: 'True once the decision was taken up; False when it can never be.' },
  ModelReady: { kinds: ['SwarmConfig'], meaning: 'True when the model endpoint answers.' },
  TektonReady: { kinds: ['SwarmConfig'], meaning: 'True when the Tekton API is served and the runner may use it.' },
  KfpReady: { kinds: ['SwarmConfig'], meaning: 'True when Kubeflow Pipelines answers.' },
  ObjectStoreReady: { kinds: ['SwarmConfig'], meaning: 'True when the object store answers.' },
  ConditionalWrites: {
    kinds: ['SwarmConfig'],
    meaning: 'True when the object store keeps the first of several writes that must not overwrite.',
  },
  ElasticsearchReady: { kinds: ['SwarmConfig'], meaning: 'True when Elasticsearch answers.' },
} as const;
export type ConditionType = keyof typeof conditionTypes;

/** Every reason a condition may carry, with its sentence. Programs match on these words: none is renamed. */
export const conditionReasons = {
  Pending: 'It has been seen and nothing is done yet.',
  Queued: 'It waits for a free place among the turns that run at once.',
  Thinking: 'A model is deciding what to do next.',
  Waiting: 'It waits for a run to end or for a time to come.',
  WaitingForRun: 'It waits for a pipeline run to end.',
  WaitingForInput: 'Every message is answered; it waits for the next one.',
  AwaitingApproval: 'A call waits for an Approval; status.pendingApprovals of the Turn prints one.',
  Planning: 'The model is working out what to do.',
  Running: 'What was planned is being carried out.',
  Succeeded: 'It ended with an answer.',
  Complete: 'It ended and every expectation was met.',
  Failed: 'It ended without reaching what was asked.',
  Answered: 'Every declared message has a finished Turn.',
  NotAnswered: 'A declared message has no finished Turn yet.',
  Finished: 'It has ended; nothing more will be done.',
  NotFinished: 'It has not ended yet.',
  RunFailed: 'A pipeline run that it started failed.',
  ExpectationsNotMet: 'A run missed an expectation; status.expectations says which.',
  Denied: 'An Approval denied a call it could not do without.',
  Expired: 'Its time was over before it ended.',
  ApprovalExpired: 'Nobody decided before the question lapsed.',
  Cancelled: 'A person stopped it.',
  Suspended: 'It is held: spec.suspend is true.',
  Deleting: 'It is being deleted.',
  DeadlineExceeded: 'The turn took longer than limits.turnTimeout.',
  StepLimitReached: 'The turn took as many model decisions as limits.maxSteps allows.',
  TokenLimitReached: 'The turn used as many tokens as limits.maxTokens allows.',
  LoopDetected: 'The same call had the same outcome three times.',
  ModelOutputInvalid: 'The model gave three unusable answers in a row.',
  ModelUnavailable: 'The model endpoint answers with an error of its own; it is asked again.',
  ModelUnreachable: 'The model endpoint cannot be reached; it is asked again.',
  ModelConnectionLost: 'The connection to the model endpoint broke off; it is asked again.',
  ModelTimeout: 'The model did not answer in time; it is asked again.',
  ModelRateLimited: 'The model endpoint asks for fewer requests; it is asked again later.',
  ModelUnauthorized: 'The model endpoint does not accept the key.',
  ModelNotFound: 'The model endpoint serves no model of that name.',
  ModelEndpointNotFound: 'There is no model endpoint at that address.',
  ModelEndpointRedirects: 'The model endpoint answers with a redirect, which is not followed.',
  ModelCertificateInvalid: 'The certificate of the model endpoint is not trusted.',
  ModelContextExceeded: 'The request is longer than the model takes.',
  ModelQuotaExhausted: 'The account behind the model endpoint has no quota left.',
  ModelRequestRefused: 'The model endpoint does not accept the request.',
  ModelUrlInvalid: 'The address of the model endpoint is not one that can be called.',
  AddressNotAllowed: 'The host resolves to an address that is not to be called; see the setting allowed-hosts.',
  HistoryTooLarge: 'The journal would outgrow its object.',
  AmbiguousEffect: 'A call was begun before a crash and its receiver cannot tell whether it took effect.',
  EffectConflict: 'An object of the reserved name exists that this call did not make.',
  ConfigNotFound: 'The SwarmConfig it names does not exist.',
  SecretNotFound: 'A Secret the settings name does not exist.',
  SecretKeyMissing: 'A Secret the settings name lacks a key; the message names it.',
  SecretNotAllowed: 'The Secret may not be sent to this host; see the annotation allowed-hosts.',
  AgentNotAvailable: 'The agent is switched off in this namespace, or its backend is not there.',
  OwnerNotFound: 'The Conversation or Intent it belongs to is gone.',
  DigestMismatch: 'The approval was given for other arguments.',
  AlreadyDecided: 'The call was decided before.',
  DecisionUsed: 'The decision was taken up.',
  Forbidden: 'The ServiceAccount the agents act as lacks a right; the message names it.',
  Unauthorized: 'The receiver does not accept the credentials.',
  NotFound: 'Something that is needed does not exist; the message names it.',
  Unavailable: 'The receiver answers with an error of its own; it is tried again.',
  TektonUnavailable: 'The API server cannot serve Tekton now; it is asked again.',
  TektonNotInstalled: 'The Tekton API is not served by this cluster.',
  RunVanished: 'A run was made and is gone again; it is not made a second time.',
  Available: 'It answers.',
  Degraded: 'A part does not work; the other conditions say which.',
  Synced: 'Every source has been read.',
  SyncFailed: 'A source could not be read; status.sources says which.',
  Syncing: 'The sources are being read.',
  NoDocuments: 'No source gave a document.',
  TooManyDeletions:
    'The sources lost more than 30 % of the documents, and none was deleted; see the annotation allow-deletions.',
  EmbeddingUnavailable: 'The embedding endpoint does not answer; passages are found by their words until it does.',
  IndexUnavailable: 'The store of the documents does not answer; it is asked again.',
  ElasticsearchVersion: 'The server is no Elasticsearch that this client can talk to.',
  CertificateInvalid: 'The certificate of the backend is not trusted.',
  NotConditional:
    'Several writes that must not overwrite were all accepted; overwriting is only prevented by looking first.',
  Unreachable: 'The receiver cannot be reached; it is tried again.',
  WrongSettings: 'What the settings name is not what they say it is; the message names the field and the remedy.',
  NotConfigured: 'The namespace has no backend of this kind; its SwarmConfig names none.',
  NotProbed: 'No bucket may be written to, so it was not tried.',
  InvalidDuration: 'A time span is not written as hours, minutes and seconds, for example 1h30m.',
  Timeout: 'There was no answer in time; it is tried again.',
  InternalError: 'A mistake in Swarm itself; the operator’s log has the details.',
} as const;
export type ConditionReason = keyof typeof conditionReasons;

/** Backends tell more apart than conditions do: the message has the rest. First match wins. */
const reasonFamilies: readonly (readonly [RegExp, ConditionReason])[] = [
  [/Certificate/, 'CertificateInvalid'],
  [/^Embedding/, 'EmbeddingUnavailable'],
  [/NotConfigured$/, 'NotConfigured'],
  [/Unauthorized$/, 'Unauthorized'],
  [/^AccessDenied$|^OutOfPolicy$|Refused$/, 'Forbidden'],
  [/^NoSuch|Vanished$|^NoKnowledgeBase$/, 'NotFound'],
  [/OrphanedExecution$/, 'AmbiguousEffect'],
  [/Settling$|^RunOfFormerOwner$/, 'Waiting'],
  [/Timeout$/, 'Timeout'],
  [/Unreachable$/, 'Unreachable'],
  [/^Not[A-Z]|^Invalid|Differ$|^TooMany/, 'WrongSettings'],
  [/Unavailable$|InternalError$|TooLarge$|^NoRoom/, 'Unavailable'],
];

/** The reason that a condition carries for the reason of an error; undefined when none fits. */
export function conditionReasonOf(reason: string): ConditionReason | undefined {
  if (reason in conditionReasons) return reason as ConditionReason;
  return reasonFamilies.find(([pattern]) => pattern.test(reason))?.[1];
}

export interface NewCondition {
  readonly type: ConditionType;
  readonly status: Condition['status'];
  /** One of `conditionReasons`, or the reason of an error that belongs to one of them. */
  readonly reason: string;
  /** Cut to 1,024 characters. */
  readonly message: string;
}

/** The conditions with one set, sorted by type; `lastTransitionTime` (whole seconds) moves only with the status. */
export function withCondition(
  conditions: readonly Condition[] | undefined,
  { type, status, reason, message }: NewCondition,
  { now, generation }: { readonly now: Date; readonly generation: number },
): Condition[] {
  const before = conditionOf(conditions, type);
  const lastTransitionTime =
    before?.status === status ? before.lastTransitionTime : `${now.toISOString().slice(0, 19)}Z`;
  const condition: Condition = {
    type,
    status,
    reason: conditionReasonOf(reason) ?? 'Unavailable',
    message: message.slice(0, 1024),
    observedGeneration: generation,
    lastTransitionTime,
  };
  return [...withoutCondition(conditions, type), condition].sort((left, right) => (left.type < right.type ? -1 : 1));
}

/** The conditions without one: how Reconciling, Stalled and AwaitingApproval say that all is normal. */
export function withoutCondition(conditions: readonly Condition[] | undefined, type: ConditionType): Condition[] {
  return (conditions ?? []).filter((condition) => condition.type !== type);
}

export function conditionOf(conditions: readonly Condition[] | undefined, type: ConditionType): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

export function isTrue(conditions: readonly Condition[] | undefined, type: ConditionType): boolean {
  return conditionOf(conditions, type)?.status === 'True';
}
