import { kinds } from '../../api/group.ts';
import { sizeLimits } from '../../api/common.ts';
import type { Turn, TurnStatus } from '../../api/turn.ts';
import { canonicalJson } from '../../base/digest.ts';
import { isConflict } from '../../kube/errors.ts';
import { bytesOf } from '../../turns/fit-journal.ts';
import { noHooks } from '../../turns/boundaries.ts';
import type { TurnReconcilerDependencies } from './dependencies.ts';

/** Somebody else has decided: ours is dropped and theirs is read. */
export class JournalConflict extends Error {
  override readonly name = 'JournalConflict';
}

/** How often a write is repeated because something else than the journal has changed, labels for example. */
const attempts = 5;

type Dependencies = Pick<TurnReconcilerDependencies, 'kube' | 'caches' | 'hooks' | 'mutations' | 'live'>;

/**
 * Records a status by compare-and-swap; the same status costs nothing.
 * @returns the Turn as it is now recorded.
 * @throws JournalConflict when the status is not the one that `turn` shows any more, or the Turn is gone.
 */
export async function recordStatus(turn: Turn, status: TurnStatus, dependencies: Dependencies): Promise<Turn> {
  if (isSame(turn.status, status)) return turn;
  const { caches, hooks = noHooks, mutations } = dependencies;
  await hooks.boundary('before-write');
  const base = mutations?.withoutCompareAndSwap ? await latest(turn, dependencies) : turn;
  const written = await replace({ turn, base, status: fit(turn, status) }, dependencies);
  caches.turns.noteWritten(written);
  dependencies.live?.recorded(written);
  await hooks.boundary('after-write');
  return written;
}

/**
 * A conflict that left the journal as it was, about a label for example, is no reason to drop a decision. An answer in the
 * making is shown beside the journal and is no part of it.
 */
async function replace(
  { turn, base, status }: { turn: Turn; base: Turn; status: TurnStatus },
  dependencies: Dependencies,
): Promise<Turn> {
  let current = base;
  for (let attempt = 1; ; attempt++) {
    try {
      return await dependencies.kube.replaceStatus<Turn>(kinds.turn, { ...current, status });
    } catch (error) {
      if (!isConflict(error)) throw error;
      current = await latest(turn, dependencies);
      if (!isSame(recordedPart(current), recordedPart(turn)) || attempt === attempts) throw new JournalConflict(lost);
    }
  }
}

const lost = 'the journal was written by somebody else';

async function latest(turn: Turn, { kube }: Dependencies): Promise<Turn> {
  const { namespace, name, uid } = turn.metadata;
  const live = await kube.get<Turn>(kinds.turn, { namespace, name });
  if (live?.metadata.uid !== uid) throw new JournalConflict('the Turn is gone');
  return live;
}

function recordedPart({ status }: Turn): TurnStatus | undefined {
  if (!status) return undefined;
  return { ...status, live: undefined };
}

function isSame(left: TurnStatus | undefined, right: TurnStatus | undefined): boolean {
  return canonicalJson(left ?? {}) === canonicalJson(right ?? {});
}

/** The journal has been fitted already; what else there is gives way here, from what is missed least. */
function fit(turn: Turn, status: TurnStatus): TurnStatus {
  const shorter: ((status: TurnStatus) => TurnStatus)[] = [
    (whole) => ({ ...whole, pipelineRuns: whole.pipelineRuns?.map((run) => ({ ...run, results: undefined })) }),
    (whole) => ({ ...whole, pendingApprovals: whole.pendingApprovals?.map((one) => ({ ...one, arguments: '' })) }),
    (whole) => ({ ...whole, reply: whole.reply?.slice(0, 4_096), replyTruncated: true }),
  ];
  let fitted = status;
  for (const shorten of shorter) {
    if (bytesOf({ ...turn, status: fitted }) <= sizeLimits.turnBytes) break;
    fitted = shorten(fitted);
  }
  return fitted;
}
