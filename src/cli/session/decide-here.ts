import { createInterface } from 'node:readline/promises';
import { type TurnEventOf } from '../../streaming/turn-event.ts';
import { approvalCard, showsWhatIsDecided } from '../chat/approval/approval-card.ts';
import { decide } from './decide.ts';
import { CliError } from './cli-error.ts';
import { type CliContext } from './cli-context.ts';
import { exitCodes } from './exit-codes.ts';
import { findNamed } from './find-turn.ts';
import { type FollowableTurn } from './carry-turn.ts';
import { type PendingCall, pendingCalls } from './pending-calls.ts';
import { isInteractive } from './shell.ts';

/** Shows on stderr exactly what would be done. @throws CliError when the arguments are not those that a decision would bind. */
export async function showQuestion(context: CliContext, call: PendingCall): Promise<void> {
  if (!showsWhatIsDecided(call)) {
    throw new CliError(
      exitCodes.failed,
      `the arguments of call ${call.callId} cannot be read as a whole: decide nothing`,
    );
  }
  const { username: identity } = await context.kube.whoAmI();
  const card = approvalCard({ call, identity, now: context.clock.now() }, context.errorLayout());
  context.shell.stderr.write(card.map((line) => `${line}\n`).join(''));
}

/** Default is no: whoever only presses Enter has not agreed. */
export async function confirm(
  { shell, signal }: Pick<CliContext, 'shell' | 'signal'>,
  question: string,
): Promise<boolean> {
  const lines = createInterface({ input: shell.stdin, output: shell.stderr });
  try {
    const answer = await lines.question(`${question} [y/N] `, { signal });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}

/** What `ask` does about a call that needs approval: tools named beforehand are approved, a person at the keyboard is asked, else it stays open. */
export function decideHere(context: CliContext, { turn }: FollowableTurn, approved: readonly string[]) {
  return async (event: TurnEventOf<'approval_required'>): Promise<boolean> => {
    const [call] = await pendingCalls(context, await findNamed(context, `turn/${turn.metadata.name}`), event.callId);
    // Decided by somebody else in the meantime.
    if (call?.argumentsDigest !== event.argumentsDigest) return true;
    const isNamed = approved.includes(call.tool) || approved.includes(`${call.agent}.${call.tool}`);
    if (!isNamed && !isInteractive(context.shell)) return false;
    await showQuestion(context, call);
    const isApproved = isNamed || (await confirm(context, 'Approve?'));
    await decide(context, {
      turn: call.turn.metadata,
      callId: call.callId,
      argumentsDigest: call.argumentsDigest,
      decision: isApproved ? 'Approve' : 'Deny',
      ...(isNamed && { reason: 'named with --approve' }),
    });
    return true;
  };
}
