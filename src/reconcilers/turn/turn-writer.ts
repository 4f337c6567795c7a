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

/**
 * Records a status by compare-and-swap; the same status costs nothing.
 * @returns the Turn as it is now recorded.
 * @throws JournalConflict when the status is not the one that `turn` shows any more, or the Turn is gone.
 */
export async function recordStatus(
  turn: Turn,
  status: TurnStatus,
  dependencies: Pick<TurnReconcilerDependencies, 'kube' | 'caches' | 'hooks' | 'mutations'>,
): Promise<Turn> {
  if (canonicalJson(turn.status ?? {}) === canonicalJson(status)) return turn;
  const { kube, caches, hooks = noHooks, mutations } = dependencies;
  const fitted = fit(turn, status);
  await hooks.boundary('before-write');
  let base = mutations?.withoutCompareAndSwap ? await latest() : turn;
  for (let attempt = 1; ; attempt++) {
    try {
      const written = await kube.replaceStatus<Turn>(kinds.turn, { ...base, status: fitted });
      caches.turns.noteWritten(written);
      await hooks.boundary('after-write');
      return written;
    } catch (error) {
      if (!isConflict(error)) throw error;
      base = await latest();
      const isSame = canonicalJson(base.status ?? {}) === canonicalJson(turn.status ?? {});
      if (!isSame || attempt === attempts) throw new JournalConflict('the journal was written by somebody else');
    }
  }

  async function latest(): Promise<Turn> {
    const live = await kube.get<Turn>(kinds.turn, turn.metadata);
    if (live?.metadata.uid !== turn.metadata.uid) throw new JournalConflict('the Turn is gone');
    return live;
  }
}

/** The journal has been fitted already; what else there is gives way here, from what is missed least. */
function fit(turn: Turn, status: TurnStatus): TurnStatus {
  const shorter: ((status: TurnStatus) => TurnStatus)[] = [
    (whole) => ({ ...whole, pipelineRuns: whole.pipelineRuns?.map(({ results: _results, ...run }) => run) }),
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
