import type { ToolFailure } from '../agents/tool.ts';
import type { OfferedTool } from './agent-registry.ts';
import { attempt } from '../base/attempt.ts';
import { messageOf } from '../base/errors.ts';
import { approvalFor, asked, denied, lapsed } from './approvals.ts';
import { checkArguments } from './arguments.ts';
import { judgeCall } from './gates/chain.ts';
import type { Verdict } from './gates/gate.ts';
import { type Call, type CallOutcome, isFinal, type Journal, type Step } from './journal.ts';
import { ended, failed } from './outcomes.ts';
import { toolContext } from './tool-context.ts';
import { framesOf } from './frames.ts';
import { offerAt, type TurnRun } from './turn-run.ts';

/** A recorded call whose outcome is not final, with what its agent is offered. */
export interface OpenCall {
  readonly call: Call;
  readonly step: Step;
  readonly offered: OfferedTool | undefined;
  readonly verdict: Verdict;
  /** See ToolContext. */
  readonly citationsFrom: number;
}

/** Numbers that one call may give to what it cites. */
const citationsPerCall = 16;

export function openCalls(journal: Journal, run: TurnRun): readonly OpenCall[] {
  const offers = new Map(
    framesOf(journal, run.rules).map((frame) => [frame.id, offerAt(run, frame.agent, frame.depth)]),
  );
  const firstFree = 1 + Math.max(0, ...journal.citations.map(({ n }) => n));
  const open = journal.steps.flatMap((step) => {
    const offer = offers.get(step.frame);
    if (offer === undefined) return [];
    return (step.calls ?? []).filter((call) => !isFinal(call)).map((call) => ({ call, step, offer }));
  });
  // Delegations cite nothing themselves.
  const citing = open.filter(({ call }) => call.effect !== 'delegate');
  return open.map(({ call, step, offer }) => ({
    call,
    step,
    offered: offer.tools.get(call.tool),
    verdict: judgeCall({ call, step, offer, facts: run.facts, journal }),
    citationsFrom:
      firstFree +
      Math.max(
        0,
        citing.findIndex((other) => other.call === call),
      ) *
        citationsPerCall,
  }));
}

export type Clearance =
  | { readonly kind: 'go'; readonly approval?: string }
  | { readonly kind: 'settled'; readonly outcome: CallOutcome }
  /** A person decides first; `outcome` when they have only now been asked. */
  | { readonly kind: 'asked'; readonly reason: string; readonly outcome?: CallOutcome };

/** Whether a call may be carried out now. */
export async function clear(open: OpenCall, run: TurnRun): Promise<Clearance> {
  const { call, verdict } = open;
  const now = run.clock.now();
  if (verdict.kind === 'pass') return { kind: 'go' };
  if (verdict.kind === 'refuse') {
    const { reason: code, message, hint } = verdict;
    return { kind: 'settled', outcome: ended('Denied', { code, message, ...(hint !== undefined && { hint }) }, now) };
  }

  const approval = approvalFor(call, run.facts);
  if (approval?.decision === 'Approve') return { kind: 'go', approval: approval.name };
  if (approval) return { kind: 'settled', outcome: denied(call, approval, now) };
  const expired = lapsed(call, now);
  if (expired) return { kind: 'settled', outcome: expired };
  if (call.outcome !== undefined) return { kind: 'asked', reason: verdict.reason };
  const { failure, preview } = await lookAhead(open, run);
  if (failure) return { kind: 'settled', outcome: failed(failure, now) };
  return { kind: 'asked', reason: verdict.reason, outcome: asked(call, run.facts, { now, preview }) };
}

/** Whether an external call may be recorded as Started. */
export function mayStart({ call, verdict }: OpenCall, run: TurnRun): boolean {
  if (call.effect !== 'external' || call.outcome?.state === 'Started') return false;
  return verdict.kind === 'pass' || (verdict.kind === 'ask' && approvalFor(call, run.facts)?.decision === 'Approve');
}

/** What could not be done anyway is not put before a person; what could is described to them. */
async function lookAhead(
  open: OpenCall,
  run: TurnRun,
): Promise<{ readonly failure?: ToolFailure | undefined; readonly preview?: string | undefined }> {
  if (open.offered?.kind !== 'tool') return {};
  const { tool, input } = open.offered;
  const checked = checkArguments(input, open.call.arguments);
  if (!checked.ok) throw new Error(`the recorded arguments of call ${open.call.id} do not fit: ${checked.problem}`);
  const context = toolContext(open, run, run.signal);
  const failure = await tool.precheck?.(checked.value as never, context);
  if (failure) return { failure };
  const preview = await attempt(async () => tool.preview?.(checked.value as never, context));
  run.signal.throwIfAborted();
  // A courtesy: the call can be decided about without it.
  if (!preview.ok) run.log.warn({ tool: tool.name, error: messageOf(preview.error) }, 'Previewing a call failed');
  return preview.ok ? { preview: preview.value } : {};
}
