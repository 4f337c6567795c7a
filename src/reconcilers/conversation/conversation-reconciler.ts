import type { Conversation, ConversationStatus } from '../../api/conversation.ts';
import { kinds } from '../../api/group.ts';
import { finalizers } from '../../api/names.ts';
import type { Clock } from '../../base/clock.ts';
import { canonicalJson } from '../../base/digest.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import {
  later,
  type ObjectKey,
  type Outcome,
  type ReconcileContext,
  type Reconciler,
  settled,
} from '../../operator/reconciler.ts';
import { fitConversationStatus } from '../fit-status.ts';
import { createTurn } from '../new-turn.ts';
import { ProgressDelay } from '../progress-delay.ts';
import { releaseRuns } from '../release-runs.ts';
import { pollAfterMs } from '../runs.ts';
import { recordRunEnds, type RunEvents } from '../run-events.ts';
import { isFinished, type Observed } from './observed.ts';
import { type ObserveDependencies, observeConversation } from './observe.ts';
import { type AnswerPlan, planConversation } from './plan.ts';
import { conversationStatus, milestones } from './status.ts';

export interface ConversationDependencies extends ObserveDependencies {
  readonly kube: KubeClient;
  readonly clock: Clock;
  readonly events: RunEvents;
}

/** Makes one Turn for every declared message, and a summary of what came of all turns. */
export function createConversationReconciler(dependencies: ConversationDependencies): Reconciler {
  const progress = new ProgressDelay(dependencies.clock);

  const answer = async (observed: Observed, plan: AnswerPlan, context: ReconcileContext): Promise<Outcome> => {
    const held = await perform(dependencies, { observed, plan }, context);
    const { conversation } = observed;
    const key: ObjectKey = `${conversation.metadata.namespace}/${conversation.metadata.name}`;
    const status = fitConversationStatus(held, conversationStatus(observed, plan));
    if (canonicalJson(status) === canonicalJson(conversation.status)) {
      progress.clear(key);
    } else {
      const isMilestone = canonicalJson(milestones(status)) !== canonicalJson(milestones(conversation.status));
      const waitMs = isMilestone ? 0 : progress.remainingMs(key);
      if (waitMs > 0) return later(waitMs);
      await writeStatus(dependencies, held, status);
      progress.clear(key);
      recordRunEnds(dependencies.events, conversation, status.pipelineRuns);
    }
    // Only now: what is deleted has been counted, and is known to be answered.
    await Promise.all(
      plan.prune.map(({ turn }) => dependencies.kube.delete(kinds.turn, turn.metadata, { uid: turn.metadata.uid })),
    );
    const waitMs = pollAfterMs(observed.runs);
    return waitMs === undefined ? settled : later(waitMs);
  };

  return {
    name: 'conversation',
    async reconcile(key, context) {
      const observed = await observeConversation(dependencies, key);
      if (!observed) {
        progress.clear(key);
        return settled;
      }
      const plan = planConversation(observed);
      switch (plan.kind) {
        case 'nothing':
          return settled;
        case 'release':
          return releaseRuns(dependencies, releaseOf(observed), context);
        case 'answer':
          return answer(observed, plan, context);
      }
    },
  };
}

function releaseOf({ conversation, turns, now }: Observed) {
  const unfinished = turns.filter((entry) => !isFinished(entry)).map(({ turn }) => turn);
  return { type: kinds.conversation, owner: conversation, turns: unfinished, now };
}

/** @returns the conversation as it is after the finalizer was put on. */
async function perform(
  { kube, turns, conversations }: ConversationDependencies,
  { observed, plan }: { readonly observed: Observed; readonly plan: AnswerPlan },
  { signal, log }: ReconcileContext,
): Promise<Conversation> {
  const { conversation } = observed;
  const held = plan.holdRuns ? await hold(kube, conversation) : conversation;
  if (held !== conversation) conversations.noteWritten(held);
  const owner = { kind: 'Conversation', metadata: conversation.metadata, author: conversation.spec.author } as const;
  for (const { turn, text, index } of plan.create) {
    signal.throwIfAborted();
    log.info({ turn, index }, 'Creating the turn of a message');
    await createTurn({ kube, turns }, owner, { name: turn, text, index });
  }
  for (const { turn } of plan.cancel) {
    log.info({ turn: turn.metadata.name }, 'Cancelling the turn of a message that is no longer there');
    await kube.mergePatch(kinds.turn, turn.metadata, { metadata: { uid: turn.metadata.uid }, spec: { cancel: true } });
  }
  return held;
}

async function hold(kube: KubeClient, { metadata }: Conversation): Promise<Conversation> {
  const patch = {
    metadata: {
      resourceVersion: metadata.resourceVersion,
      finalizers: [...(metadata.finalizers ?? []), finalizers.runs],
    },
  };
  return kube.mergePatch<Conversation>(kinds.conversation, metadata, patch);
}

async function writeStatus(
  { kube, conversations }: ConversationDependencies,
  conversation: Conversation,
  status: ConversationStatus,
): Promise<void> {
  conversations.noteWritten(await kube.replaceStatus(kinds.conversation, { ...conversation, status }));
}
