import { kinds } from '../api/group.ts';
import { defaultServiceAccountName } from '../api/names.ts';
import { resourceTypes } from '../kube/resource-types.ts';

/**
 * What the operator itself asks of the API server. Everything it does on behalf of people it does as a ServiceAccount of
 * their namespace, and needs no right of its own for it.
 */
export interface OperatorRight {
  readonly group: string;
  /** Plural names; `turns/status` is a subresource. */
  readonly resources: readonly string[];
  /** Objects of these names only. */
  readonly names?: readonly string[];
  readonly verbs: readonly Verb[];
  /** A sentence where the reason does not show by itself. */
  readonly why?: string;
}

type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'impersonate';

type NamedType = Pick<(typeof resourceTypes)['pod'], 'group' | 'plural'>;

const { conversation, intent, turn, approval, swarmConfig, knowledgeBase } = kinds;

function on(types: readonly [NamedType, ...NamedType[]], verbs: readonly Verb[], why?: string): OperatorRight {
  const resources = types.map(({ plural }) => plural);
  return { group: types[0].group, resources, verbs, ...(why !== undefined && { why }) };
}

const statusOf = (type: NamedType): NamedType => ({ group: type.group, plural: `${type.plural}/status` });

/**
 * The roles of the operator, which hack/generate.ts writes for kustomize and Helm. test/packaging/rights.test.ts compares
 * them with what a running operator asked for: nothing is missing, nothing is unused.
 */
export const operatorRights = {
  /** In every namespace that is served. */
  served: [
    on([conversation, intent, turn, approval, swarmConfig, knowledgeBase], ['list', 'watch']),
    on(
      [conversation, intent, turn, knowledgeBase],
      ['get'],
      'A journal is read live before it is decided upon, and that an owner is gone is believed only when the API server says so.',
    ),
    on([conversation, knowledgeBase], ['patch'], 'Finalizers.'),
    on([intent], ['patch', 'delete'], 'Finalizers, and the end of an Intent’s time to live.'),
    on(
      [turn],
      ['create', 'patch', 'delete'],
      'One Turn per message; it is cancelled by a patch, and old ones are pruned.',
    ),
    on(
      [
        statusOf(conversation),
        statusOf(intent),
        statusOf(turn),
        statusOf(approval),
        statusOf(swarmConfig),
        statusOf(knowledgeBase),
      ],
      ['update'],
    ),
    on(
      [resourceTypes.pipelineRun],
      ['get', 'list', 'watch'],
      'Runs are only looked at here; they are started and cancelled as the run-as account.',
    ),
    on([resourceTypes.event], ['create', 'patch']),
    {
      ...on(
        [resourceTypes.serviceAccount],
        ['impersonate'],
        'A namespace opts in by having a ServiceAccount of this name. Another name needs a Role of that namespace (config/samples/team.yaml shows one).',
      ),
      names: [defaultServiceAccountName],
    },
    {
      ...on(
        [{ group: '', plural: 'serviceaccounts/token' }],
        ['create'],
        'Kubeflow Pipelines knows people by the token of that account.',
      ),
      names: [defaultServiceAccountName],
    },
  ],
  /** Of the cluster: who asks for the events of a turn with a token of their own, and may they? */
  reviews: [
    on([{ group: 'authentication.k8s.io', plural: 'tokenreviews' }], ['create']),
    on([resourceTypes.subjectAccessReview], ['create']),
  ],
  /** In the namespace of the Lease. */
  lease: [on([resourceTypes.lease], ['get', 'create', 'update'])],
} as const satisfies Record<string, readonly OperatorRight[]>;
