import { accountUser } from '../kube/account-user.ts';
import { runReferenceOf } from '../agents/tekton/run-reference.ts';
import { labels } from '../api/names.ts';
import type { PipelineRun } from '../api/common.ts';
import type { OwnerReference } from '../api/resource.ts';
import { parseRun } from '../backends/tekton/parse-run.ts';
import type { TektonClient } from '../backends/tekton/tekton-client.ts';
import { TektonRefusedError } from '../backends/tekton/tekton-refused-error.ts';
import { isNotFound } from '../kube/errors.ts';
import type { KubeClient, KubeObject } from '../kube/kube-client.ts';
import { resourceTypes } from '../kube/resource-types.ts';
import type { Cache } from '../operator/cache.ts';
import { objectKey } from '../operator/object-key.ts';
import type { RunName, RunSource } from '../reconcilers/runs.ts';

export interface TektonRunsDependencies {
  readonly kube: KubeClient;
  readonly tekton: TektonClient;
  readonly pipelineRuns: Cache<KubeObject>;
}

type OwnedObject = KubeObject & { readonly metadata: { readonly ownerReferences?: readonly OwnerReference[] } };

/** PipelineRuns as Conversations and Intents see them. Read as the operator, changed as the run-as ServiceAccount. */
export function createTektonRuns({ kube, tekton, pipelineRuns }: TektonRunsDependencies): RunSource {
  const get = (run: RunName) => kube.get<OwnedObject>(resourceTypes.pipelineRun, run);
  return {
    find: (run) => described(pipelineRuns.get(objectKey(run.namespace, run.name))),
    read: async (run) => described(await get(run)),
    ownedBy: async ({ namespace, uid }) => {
      const all = await listStarted(kube, namespace);
      const owned = all.filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.uid === uid) === true);
      return owned.flatMap((object) => described(object) ?? []);
    },
    cancel: async (run, { serviceAccountName }) => {
      const object = await get(run);
      if (!object || parseRun(object).requestedStatus !== undefined) return;
      const scope = { namespace: run.namespace, serviceAccountName, signal: AbortSignal.timeout(10_000) };
      try {
        await tekton.cancelRun(parseRun(object), 'CancelledRunFinally', scope);
      } catch (error) {
        // It ended in the meantime.
        if (!(error instanceof TektonRefusedError && error.code === 'Rejected')) throw error;
      }
    },
    orphan: async (run, { serviceAccountName }) => {
      const impersonate = accountUser(run.namespace, serviceAccountName);
      await kube.mergePatch(resourceTypes.pipelineRun, run, { metadata: { ownerReferences: null } }, { impersonate });
    },
  };
}

function described(object: KubeObject | undefined): PipelineRun | undefined {
  if (!object) return undefined;
  const { namespace = '', labels: own } = object.metadata;
  return { ...runReferenceOf(parseRun(object), namespace), turn: own?.[labels.turn] ?? '' };
}

/** Where Tekton is not installed there are none. */
async function listStarted(kube: KubeClient, namespace: string): Promise<readonly OwnedObject[]> {
  const found: OwnedObject[] = [];
  let continueToken: string | undefined;
  try {
    do {
      const query = { namespace, labelSelector: labels.turn, limit: 500, ...(continueToken && { continueToken }) };
      const page = await kube.list<OwnedObject>(resourceTypes.pipelineRun, query);
      found.push(...page.items);
      continueToken = page.continueToken;
    } while (continueToken);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  return found;
}
